#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""inspect --boot, end to end: a WIM with an image for each verdict. check-boot.py BUILD."""
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import tempfile

from authenticode import Program, digests

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(sys.argv[1])
problems = []


def check(what, wanted, found):
    if wanted != found:
        problems.append(f'{what}: {found!r} instead of {wanted!r}')


def run(program, *arguments, status=0, **environment):
    done = subprocess.run([f'{BUILD}/{program}', *arguments], capture_output=True, env={**os.environ, 'TZ': 'UTC', **environment})
    check(f'status of {program} {" ".join(arguments)}: {done.stderr.decode()}', status, done.returncode)
    return done.stdout


def hold(files, programs, folder):
    """Each file that was read, and each program, against what osslsigncode says of it: none is left out on either side."""
    by_sha1 = {f'sha1:{hashlib.sha1(program).hexdigest()}': program for program in programs}
    some = next(Program(program).entries[0] for program in programs if Program(program).entries)
    wanted = {sha1: digests(program, folder, some) for sha1, program in by_sha1.items()}
    found = {file['sha1']: ({file['authenticode_sha256']}, [one['digest_agrees'] for one in file['signatures']]) for file in files}
    check('programs whose digest osslsigncode does not tell', [], [sha1 for sha1, (calculated, _) in wanted.items() if len(calculated) != 1])
    check('digests, held against osslsigncode', wanted, found)


def shim(folder):
    """A program that Microsoft signed, where Debian's package is installed: known by the table of wimplan itself."""
    name = 'usr/lib/shim/shimx64.efi.signed'
    found = [path for path in (f'/{name}', f'{TOP}/build/shim/{name}') if os.path.exists(path)]
    if not found:
        return print('shim-signed is not there (tests/deps.sh test): no program that Microsoft signed is looked at')
    with open(found[0], 'rb') as file:
        recipe = f'image "shim"\nfile /Windows/Boot/EFI/bootmgfw.efi hex {file.read().hex()}\n'
    with open(f'{folder}/shim.recipe', 'w') as file:
        file.write(recipe)
    run('mkwim', f'{folder}/shim.recipe', f'{folder}/shim.wim')
    boot = json.loads(run('wimplan', 'inspect', '--boot', '--json', f'{folder}/shim.wim'))['files'][0]['images'][0]['boot']
    check('verdict of shim', 'third-party', boot['verdict'])
    with open(found[0], 'rb') as file:
        hold(boot['files'], [file.read()], folder)
    signatures = boot['files'][0]['signatures']
    check('shim has a known signature', True, any(one['known'] and one['signature_agrees'] and one['digest_agrees'] and
                                                  one['authority'].startswith('microsoft-uefi') and one['timestamp']
                                                  for one in signatures))


def pages(wim, images, known):
    """The same verdicts, sentences, findings and programs in Markdown and in HTML."""
    for form, row, cell in (('markdown', re.compile(r'^\| (\d+) .*? \| ([\w-]+) \| (.*?) \| (.*?) \|$', re.M), '| ---'),
                            ('html', re.compile(r'<tr><td class="title"><a href="#file-1-image-(\d+)">.*?<span class="badge \w+">([\w-]+)</span></td>'
                                                r'<td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>'), '<table')):
        page = run('wimplan-other-authorities', 'inspect', '--boot', '--min-svn', '9.0', '--format', form, wim, **known).decode()
        shown = {number: (verdict, manager, html.unescape(words.replace('\\\\', '\\')))
                 for number, verdict, manager, words in row.findall(page.split('Expired is not revoked')[0])}
        for image in images:
            verdict, manager, words = shown.get(str(image['index']), (None, '', None))
            check(f'verdict in {form}: {image["name"]}', image['boot']['verdict'], verdict)
            check(f'sentence in {form}: {image["name"]}', image['boot']['summary'], words)
            svns = [file['svn'] for file in image['boot']['files'] if file['role'] == 'boot-manager' and file['svn']]
            check(f'SVN in {form}: {image["name"]}', svns, re.findall(r'SVN ([\d.]+)', manager))
        check(f'programs in {form}', sorted(file['authenticode_sha256'] for image in images for file in image['boot']['files'] if file['authenticode_sha256']),
              sorted(re.findall(r'Authenticode (sha256:[0-9a-f]{64})', page)))
        for words in ('No signature', 'THE FILE IS NOT WHAT WAS SIGNED', 'only is named like the known one, "Windows UEFI CA 2023"', 'Not read: its data is in another file',
                      'boot-svn-low', 'boot-ex-older', 'boot-network-unproven', cell):
            check(f'in {form}: {words}', True, words in html.unescape(page))
        check(f'markup and control characters of a name in {form}', False, '<b>Windows' in page or '\x1b' in page)


def unreadable(folder, programs):
    """Of a program whose signature cannot be read none says that it has none."""
    with open(f'{programs}/2.efi', 'rb') as file:
        program = file.read()
    at = int.from_bytes(program[0x3c:0x40], 'little') + 24 + 112 + 32
    table = int.from_bytes(program[at:at + 4], 'little')
    made = {'cut': program[:-100], 'huge': program[:at + 4] + b'\xff\xff\xff\xff' + program[at + 8:],
            'outside': program[:at] + len(program).to_bytes(4, 'little') + program[at + 4:],
            'length-0': program[:table] + bytes(4) + program[table + 4:], 'length-max': program[:table] + b'\xff\xff\xff\xff' + program[table + 4:]}
    with open(f'{folder}/unreadable.conf', 'w') as file:
        file.write('[expect]\nboot = 2023\n')
    wims = []
    for name, data in [*made.items(), ('none', program[:at] + bytes(8) + program[at + 8:table])]:
        with open(f'{folder}/unreadable.recipe', 'w') as file:
            file.write(f'image "{name}"\nfile /Windows/Boot/EFI/bootmgfw.efi hex {data.hex()}\n')
        wims.append(f'{folder}/{name}.wim')
        run('mkwim', f'{folder}/unreadable.recipe', wims[-1])
        words = 'no signature' if name == 'none' else 'no signature that can be read'
        for form in 'text', 'markdown', 'html':
            page = run('wimplan', 'inspect', '--boot', '--format', form, wims[-1]).decode()
            check(f'signature of a program that is {name}, {form}', {words},
                  {found.lower() for found in re.findall('no signature(?: that can be read)?', ' '.join(page.split()), re.I)})
        notes = json.loads(run('wimplan', 'inspect', '--expect', '--config', f'{folder}/unreadable.conf', '--json', wims[-1]))['files'][0]['notes']
        check(f'notes on a program that is {name}', ['boot-unsigned' if name == 'none' else 'expectation-unknown'], [note['code'] for note in notes])
    change = json.loads(run('wimplan', 'diff', '--servicing', '--json', wims[-1], wims[0]))['images'][0]['boot']['files'][0]
    check('what differs in a program without a signature and one that was cut', [], change['differs_in'])
    for form in 'text', 'markdown', 'html':
        page = run('wimplan', 'diff', '--servicing', '--format', form, wims[-1], wims[0]).decode()
        check(f'diff to a program that was cut, {form}', True, 'no signature that can be read' in ' '.join(page.split()).lower())


def heads(text, image):
    """Whether the verdict stands below a heading that names the image."""
    return bool(re.search(rf'^What starts image {image["index"]}, .*:\n  {image["boot"]["verdict"]}\n', text, re.M))


def media(folder, programs, known):
    """What starts a medium itself: by the number that mkboot gave a program, and who signed it."""
    by_2011, by_2023, by_both, by_nobody = (f'{programs}/{name}.efi' for name in ('2', '6', '8', '13-unsigned'))
    for verdict, files in (('2011-only', [by_2011]), ('2023-in-place', [by_2023, by_2023]), ('both', [by_both]), ('mixed', [by_2011, by_2023]),
                           ('unproven', [by_2023, by_nobody]), ('no-boot-manager', [])):
        words = [f'efi/boot/boot{machine}.efi={file}' for machine, file in zip(('x64', 'aa64'), files)]
        subprocess.run([f'{os.path.dirname(os.path.abspath(__file__))}/tools/mkmedia.py', '--udf', '1.02', '--iso', f'{folder}/w.iso',
                        f'sources/boot.wim={folder}/boot.wim', f'bootmgr.efi={by_2011}', f'efi/microsoft/boot/cdboot.efi={by_2011}', *words], check=True)
        medium = json.loads(run('wimplan-other-authorities', 'inspect', '--boot', '--json', f'{folder}/w.iso', **known))['files'][0]['media']['boot']
        check(f'verdict of a medium: {verdict}', verdict, medium['verdict'])
        check(f'roles of a medium: {verdict}', ['media-start'] * len(files) + ['media-manager', 'disc-start'], [file['role'] for file in medium['files']])
        for file in medium['files']:
            with open(by_2011 if file['role'] != 'media-start' else files[medium['files'].index(file)], 'rb') as program:
                check(f'SHA-1 of {file["path"]}', f'sha1:{hashlib.sha1(program.read()).hexdigest()}', file['sha1'])
        for form, line in (('text', f'What starts the medium:\n  {verdict}\n  '), ('markdown', f'| the medium itself | {verdict} |'),
                           ('html', f'>{verdict}</span></h2>')):
            page = run('wimplan-other-authorities', 'inspect', '--boot', '--format', form, f'{folder}/w.iso', **known).decode()
            check(f'verdict of a medium in {form}: {verdict}', True, line in page)
            check(f'sentence of a medium in {form}: {verdict}', True,
                  medium['summary'] in html.unescape(' '.join(page.split())).replace('\\*', '*'))


def alike(folder, programs, known):
    """Names that differ by case alone: none of the programs is left out."""
    by_2011, by_2023 = (f'{programs}/{name}.efi' for name in ('2', '6'))
    tools = f'{os.path.dirname(os.path.abspath(__file__))}/tools'
    for form in ['--udf', '1.02'], ['--iso', '--joliet']:
        subprocess.run([f'{tools}/mkmedia.py', *form, f'{folder}/alike.iso', f'sources/boot.wim={folder}/boot.wim',
                        f'EFI/BOOT/BOOTAA64.EFI={by_2011}', f'efi/boot/bootx64.efi={by_2023}'], check=True)
        medium = json.loads(run('wimplan-other-authorities', 'inspect', '--boot', '--json', f'{folder}/alike.iso', **known))['files'][0]['media']['boot']
        check(f'verdict of a medium with two folders, {form}', 'mixed', medium['verdict'])
    lines = ['image "alike"']
    for name, path in ('bootmgfw.efi', by_2011), ('BOOTMGFW.EFI', by_2023):
        with open(path, 'rb') as file:
            lines.append(f'file /Windows/Boot/EFI/{name} hex {file.read().hex()}')
    with open(f'{folder}/alike.recipe', 'w') as file:
        file.write('\n'.join(lines) + '\n')
    run('mkwim', f'{folder}/alike.recipe', f'{folder}/alike.wim')
    boot = json.loads(run('wimplan-other-authorities', 'inspect', '--boot', '--json', f'{folder}/alike.wim', **known))['files'][0]['images'][0]['boot']
    check('finding of two boot managers', ['boot-name-twice'], [diag['code'] for diag in boot['diagnostics']])
    check('signers of two boot managers', [['windows-uefi-2023'], ['windows-pca-2011']],
          [[one['authority'] for one in file['signatures']] for file in boot['files']])
    check('verdict of two boot managers', 'unproven', boot['verdict'])
    check('why', True, 'two whose names differ by the case of letters alone, and which are signed otherwise' in boot['summary'])


def expectations(folder, wim, known):
    """[expect] boot and svn, held against the eleven images."""
    with open(f'{folder}/expect.conf', 'w') as file:
        file.write('[expect]\nboot = 2023\nsvn = 9.0\n')
    document = json.loads(run('wimplan-other-authorities', 'inspect', '--expect', '--config', f'{folder}/expect.conf', '--fail-on',
                              'risk:boot-2011-only', '--json', wim, status=11, **known))
    # One image for each, of the many that mkboot makes.
    wanted = {'2011-only': {'boot-2011-only'}, '2011-with-2023-beside': {'boot-2011-only', 'below-expected'}, '2023-in-place': set(),
              'both': set(), 'third-party': {'lacks'}, 'mixed': {'boot-mixed'}, 'mixed: network third-party': {'boot-mixed'},
              '2023-in-place: network named': {'expectation-unknown'}, '2023-in-place: network unsigned': {'boot-unsigned'},
              '2011-only: network altered': {'boot-2011-only', 'boot-digest'}, 'unproven': {'expectation-unknown'},
              'unproven: unsigned': {'boot-unsigned'}, 'unproven: altered': {'boot-digest'}, 'not-read': {'expectation-unknown'},
              'no-boot-manager': set()}
    found = {name: set() for name in wanted}
    for note in document['files'][0]['notes']:
        for image in note['facts']['images']:
            found.setdefault(image['name'], set()).add(note['code'])
    for name, codes in wanted.items():
        check(f'notes of {name}', codes, found[name])
    check('boot files that nobody asked to see', False, 'boot' in document['files'][0]['images'][0])


def main(folder):
    programs = f'{folder}/programs'
    os.mkdir(programs)
    recipe = run('mkboot', f'{folder}/authorities', programs)
    with open(f'{folder}/recipe', 'wb') as file:
        file.write(recipe)
    wim = f'{folder}/boot.wim'
    run('mkwim', f'{folder}/recipe', wim)
    with open(f'{folder}/solid.recipe', 'wb') as file:
        file.write(b'solid\n' + recipe.replace(b'compress LZX', b'compress LZMS').split(b'image "not-read"')[0])
    run('mkwim', f'{folder}/solid.recipe', f'{folder}/boot.esd')

    known = {'WIMPLAN_TEST_AUTHORITIES': f'{folder}/authorities'}
    document = json.loads(run('wimplan-other-authorities', 'inspect', '--boot', '--json', wim, **known))
    images = document['files'][0]['images']
    for image in images:
        check(f'verdict of image {image["name"]}', image['name'].split(':')[0], image['boot']['verdict'])
    solid = json.loads(run('wimplan-other-authorities', 'inspect', '--boot', '--json', f'{folder}/boot.esd', **known))
    check('verdicts of a solid file', [image['boot']['verdict'] for image in images[:-1]],
          [image['boot']['verdict'] for image in solid['files'][0]['images']])
    files = [file for image in images for file in image['boot']['files']]
    made = []
    for name in os.listdir(programs):
        with open(f'{programs}/{name}', 'rb') as file:
            made.append(file.read())
    # What is not read has no digest; the test of its verdict stands above.
    hold([file for file in files if not file['not_read']], made, folder)
    besides = {image['name'].split(': ')[-1]: image['boot']['files'][0]['signatures'] for image in images}
    check('a nested signature', [(False, 'windows-pca-2011'), (True, 'windows-uefi-2023')],
          [(one['nested'], one['authority']) for one in besides['nested']])
    for name in 'countersigned', 'stamped':
        check(f'time of a signature that is {name}', ['2023-11-14T22:13:20Z'], [one['timestamp'] for one in besides[name]])
    for name, doubt in (('named', 'its signature only has the name of a known certificate'), ('unsigned', 'it has no signature'),
                        ('altered', 'it is not what was signed, for its digest is another one')):
        boot = next(image['boot'] for image in images if image['name'].endswith(f': network {name}'))
        check(f'finding of a start from the network that is {name}',
              [('boot-network-unproven', f'who signed \\Windows\\Boot\\PXE\\wdsmgfw.efi is not proven: {doubt}')],
              [(diag['code'], diag['summary']) for diag in boot['diagnostics']])
        check(f'sentence on a start from the network that is {name}', True,
              boot['summary'].endswith(' Who signed its program for a start from the network is not proven.'))
    beside = images[2]['boot']
    check('diagnostics of an EX that is older', ['boot-ex-older'], [diag['code'] for diag in beside['diagnostics']])

    # What is installed goes with the same verdicts; the loader, on which none rests, is not read for them.
    servicing = json.loads(run('wimplan-other-authorities', 'inspect', '--servicing', '--json', wim, **known))['files'][0]['images']
    check('verdicts of --servicing', [image['boot']['verdict'] for image in images], [image['boot']['verdict'] for image in servicing])
    for image in servicing:
        for file in image['boot']['files']:
            check(f'{file["path"]} of {image["name"]} is left out', file['role'] == 'loader', (file['not_read'] or '').startswith('the verdict does not rest'))
            check(f'{file["path"]} of {image["name"]} is read', file['role'] != 'loader' and image['name'] != 'not-read', bool(file['authenticode_sha256']))
    text = run('wimplan-other-authorities', 'inspect', '--servicing', wim, **known).decode()
    for image in images:
        check(f'verdict of --servicing: {image["name"]}', True, heads(text, image))
    check('what is left out is said', 2, text.count('Not read: 1 boot file on which'))

    text = run('wimplan-other-authorities', 'inspect', '--boot', '--min-svn', '9.0', wim, **known).decode()
    check('control characters in the text', False, '\x1b' in text)
    for image in images:
        check(f'verdict in the text: {image["name"]}', True, heads(text, image))
    check('SVNs below', 1, text.count('boot-svn-low'))
    check('that expired is not revoked is said once', 1, text.count('Expired is not revoked: '))
    for words in ('no signature', 'THE FILE IS NOT WHAT WAS SIGNED', 'only is named like the known one, "Windows UEFI CA 2023"', 'under the known certificate "Microsoft',
                  'not read: its data is in another file', 'boot-network-unproven: who signed'):
        check(f'in the text: {words}', True, words in ' '.join(text.split()))

    pages(wim, images, known)

    media(folder, programs, known)
    alike(folder, programs, known)
    expectations(folder, wim, known)
    unreadable(folder, programs)

    # The program that is installed knows none of these certificates, whatever the environment says.
    document = json.loads(run('wimplan', 'inspect', '--boot', '--json', wim, **known))
    verdicts = {image['name']: image['boot']['verdict'] for image in document['files'][0]['images']}
    for name in ('2011-only', '2011-with-2023-beside', '2023-in-place', 'both', 'mixed'):
        check(f'verdict of {name} without its certificate', 'unproven', verdicts[name])
    shim(folder)


with tempfile.TemporaryDirectory() as root:
    main(root)
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
