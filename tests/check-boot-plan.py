#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans, audits and diffs say what starts the images of sources. check-boot-plan.py BUILD."""
import html
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import record_recipes

try:
    import jsonschema
except ImportError:
    jsonschema = None

BUILD = os.path.abspath(sys.argv[1])
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'share', 'schema', 'plan.schema.json')
with open(SCHEMA) as opened:
    schema = json.load(opened)
problems = []
known = {}
MADE = itertools.count()


def check(what, wanted, found):
    if wanted != found:
        problems.append(f'{what}: {found!r} instead of {wanted!r}')


def run(*arguments, status=0, program='wimplan-other-authorities'):
    environment = {**os.environ, 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8', 'SOURCE_DATE_EPOCH': '1772355600', 'COLUMNS': '80', **known}
    done = subprocess.run([f'{BUILD}/{program}', *arguments], capture_output=True, env=environment)
    check(f'status of {" ".join(arguments)}: {done.stderr.decode()}', status, done.returncode)
    return done.stdout.decode()


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def programs():
    """What mkboot puts into each of its images: lines of a recipe."""
    images = re.split(r'^image "(.*)"\n', run('authorities', program='mkboot'), flags=re.M)
    return dict(zip(images[1::2], images[2::2]))


def make(path, *images):
    """A WIM whose images are those of mkboot with these names, older than what the site has."""
    # Files of one size with the same header and XML would be copies of one file: their times tell them apart.
    recipe, made = 'compress LZX\n', next(MADE)
    for number, lines in enumerate(images, 1):
        recipe += f'image "Image {number}"\narch 9\nlanguages en-US\ndefault en-US\nversion 10.0.22631.3007\n' \
                  f'modified 2026-01-01T00:00:{made:02}Z\n{lines}'
    write('recipe', recipe)
    run('recipe', path, program='mkwim')
    os.utime(path, (1767225600, 1767225600))


def plan(*arguments, status=0):
    return json.loads(run('plan', '--cache', 'c.db', '--map', r'\\srv\src$=src', '--json', *arguments, status=status))


def notes(document, *codes):
    """(package, code, image) of the notes that are about what starts images."""
    return sorted((note['package_id'], note['code'], image['image']) for note in document['notes']
                  if note['code'].startswith('boot-') or note['code'] in ('below-expected', 'expectation-unknown', 'lacks')
                  for image in note['facts'].get('images', [{'image': None}]))


def facts():
    with sqlite3.connect('c.db') as cache:
        return cache.execute('SELECT count(*) FROM boot_facts').fetchone()[0]


def plans(boot):
    make('src/a.wim', boot['2011-only'])
    make('src/b.wim', boot['mixed'], boot['unproven: unsigned'], boot['unproven: altered'], boot['2011-with-2023-beside'])
    recipe = ''
    for package, name, images in ('P0100001', 'a', 1), ('P0100002', 'b', 4), ('P0100003', 'c', 1):
        recipe += f'package {package}\nPkgSourcePath \\\\srv\\src$\\{name}.wim\n' + \
                  ''.join(f'image "name=Image {i + 1}"\n' for i in range(images))
    write('site.json', json.dumps(record_recipes.read(recipe)))
    write('expect.conf', '[expect]\nboot = 2023\nsvn = 9.0\n')
    write('beside.conf', '[expect]\nboot = 2023-beside\n')
    run('import', '--cache', 'c.db', '--site', 'P01', '--taken-at', '2026-02-20T02:10:00Z', 'site.json')

    # Nobody asked, and nothing was read.
    first = plan(status=3)
    check('notes that nobody asked for', [], notes(first))
    check('facts that nobody asked for', 0, facts())
    files = ['P0100002'] * 3
    risks = sorted(zip(files, ('boot-mixed', 'boot-unsigned', 'boot-digest'), (1, 2, 3)))
    wanted = sorted(risks + [('P0100001', 'boot-2011-only', 1), ('P0100002', 'boot-2011-only', 4), ('P0100002', 'below-expected', 4),
                             ('P0100003', 'expectation-unknown', None)])
    # A file of which the content was known is read again, once.
    document = plan('--config', 'expect.conf', status=3)
    check('notes of what is expected', wanted, notes(document))
    check('id of the plan', first['plan_id'], document['plan_id'])
    check('facts', 2, facts())
    with sqlite3.connect('c.db') as cache:
        text = cache.execute("SELECT facts FROM boot_facts WHERE instr(facts, 'wdsmgfw') = 0 OR instr(facts, '_EX') = 0").fetchall()
        check('what is kept of files: sizes', True, all(len(row[0]) < 2048 for row in text))
        # What the next one says comes out of the cache.
        cache.execute("UPDATE boot_facts SET facts = replace(facts, ?, ?)", (str(9 << 16), str(8 << 16)))
    below = [note for note in notes(plan('--config', 'expect.conf', status=3)) if note[1] == 'below-expected']
    check('what is known is not read again', True, ('P0100001', 'below-expected', 1) in below)
    # What is known is told, whatever is expected.
    check('risks that are known', risks, notes(plan(status=3)))
    check('one beside suffices', False, ('P0100002', 'boot-2011-only', 4) in notes(plan('--config', 'beside.conf', status=3)))
    # Facts that are none are not known.
    with sqlite3.connect('c.db') as cache:
        cache.execute("UPDATE boot_facts SET facts = '{'")
    check('facts that are none, and nobody asks', [], notes(plan(status=3)))
    check('notes with facts that are none', wanted, notes(plan('--config', 'expect.conf', status=3)))
    with sqlite3.connect('c.db') as cache:
        cache.execute("UPDATE boot_facts SET facts = replace(facts, '5.0', '4.0')")
    check('notes with facts of another version', wanted, notes(plan('--config', 'expect.conf', status=3)))
    with sqlite3.connect('c.db') as cache:
        check('facts of this version', 2, cache.execute("SELECT count(*) FROM boot_facts WHERE instr(facts, '\"5.0\"')").fetchone()[0])
        cache.execute('DELETE FROM boot_facts')
    check('notes without facts', wanted, notes(plan('--config', 'expect.conf', status=3)))

    # The short form of a content.
    make('src/a.wim', boot['2023-in-place'])
    document = plan('--config', 'expect.conf', '-o', 'p.json', status=3)
    found = document['contents'][0]['boot']
    check('contents', (1, ['2011-only'], ['2023-in-place']), (len(document['contents']), found['old'], found['new']))
    check('signers in contents', [('boot-manager', ['signers'])], [(file['role'], file['differs_in']) for file in found['files']])
    for form in 'text', 'markdown', 'html':
        shown = ' '.join(run('show', '--format', form, 'p.json').split())
        check(f'contents in {form}', True, 'boot 2011-only → 2023-in-place' in shown)
        for code in 'boot-mixed', 'boot-unsigned', 'boot-digest', 'boot-2011-only':
            check(f'{code} in {form}', True, code in shown)
    check('notes are read back', document['notes'], json.loads(run('show', '--json', 'p.json'))['notes'])

    # An audit keeps nothing, and reads by itself.
    os.remove('c.db')
    audit = ('audit', '--cache', 'c.db', '--config', 'expect.conf', '--map', r'\\srv\src$=src', '--site', 'P01', '--taken-at',
             '2026-02-20T02:10:00Z', 'site.json')
    wanted.remove(('P0100001', 'boot-2011-only', 1))
    check('notes of an audit', wanted, notes(json.loads(run(*audit, '--format', 'json', status=3))))
    run(*audit, '--fail-on', 'risk:boot-digest', status=11)
    check('an audit keeps no cache', False, os.path.exists('c.db'))


def alter(file_id, old, new):
    """Changes what the cache remembers of the programs of a file."""
    with sqlite3.connect('c.db') as cache:
        changed = cache.execute('UPDATE boot_facts SET facts = replace(facts, ?, ?) WHERE file_id = ? AND instr(facts, ?)', (old, new, file_id, old))
        check(f'facts with {old}', 1, changed.rowcount)


def as_described(document):
    """The schema of plans takes the document, and has all keys of its boot files."""
    if jsonschema:
        found = [f'{error.json_path}: {error.message[:200]}' for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]
        check('what the schema says', [], found)
    for file in document['contents'][0]['boot']['files'] or []:
        parts = [('file', file)] + [('side', file[side]) for side in ('old', 'new')]
        parts += [('signature', signature) for side in ('old', 'new') for signature in file[side]['signatures']]
        for what, part in parts:
            check(f'keys of a {what}', list(schema['$defs'][f'content_boot_{what}']['properties']), list(part))


def brings(*arguments):
    """What the plan says of the boot files that P0100001 brings; shown by every report, which reads it again."""
    document = plan('--config', 'least.conf', '-o', 'p.json', *arguments)
    as_described(document)
    check('a plan that is read again', document, json.loads(run('show', '--json', 'p.json')))
    shown = {}
    for form in 'text', 'markdown', 'html':
        raw = run('show', '--format', form, 'p.json')
        check(f'control characters in {form}', False, '\x1b' in raw or (form == 'html' and '<script>' in raw))
        shown[form] = ' '.join(raw.replace('<wbr>', '').replace('\\', '').split())
    check('contents', 1, len(document['contents']))
    return document, document['contents'][0]['boot'], shown


def said(what, words, shown, there=True):
    for form, text in shown.items():
        check(f'{what}: {words} in {form}', there, words in text)


def programs_of_contents(boot):
    """Which programs start the images otherwise, though the verdict is the same."""
    manager = boot['2023-in-place'].splitlines()[0] + '\n'
    # The fifth program of mkboot: of the same signer with another SVN, for another place.
    fallen = boot['2011-with-2023-beside'].splitlines()[1].replace('EFI_EX/bootmgfw_EX.efi', 'EFI/bootmgfw.efi') + '\n'
    network = boot['2011-only'].splitlines()[1] + '\n'
    recipe = 'package P0100001\nPkgSourcePath \\\\srv\\src$\\a.wim\n' + ''.join(f'image "name=Image {i}"\n' for i in (1, 2, 3))
    write('site.json', json.dumps(record_recipes.read(recipe)))
    write('least.conf', '[expect]\nboot = 2023\nsvn = 1.0\n')
    run('import', '--cache', 'c.db', '--site', 'P01', '--taken-at', '2026-02-20T02:10:00Z', 'site.json')
    make('src/a.wim', manager, manager, manager)
    first = plan('--config', 'least.conf')
    check('a plan in which nothing changed', [], first['contents'])
    with sqlite3.connect('c.db') as cache:
        known_id = cache.execute('SELECT file_id FROM baselines').fetchone()[0]

    # The SVN falls, the verdict is the same; in two images of three.
    make('src/a.wim', fallen, manager, fallen)
    document, found, shown = brings()
    check('verdicts', (['2023-in-place'], ['2023-in-place']), (found['old'], found['new']))
    check('files', [([1, 3], '\\Windows\\Boot\\EFI\\bootmgfw.efi', 'boot-manager', ['svn'], '9.0', '2.0')],
          [(file['images'], file['path'], file['role'], file['differs_in'], file['old']['svn'], file['new']['svn']) for file in found['files']])
    check('nothing else', (0, 0), (found['files_left_out'], found['images_unknown']))
    check('the same plan', document, plan('--config', 'least.conf'))
    for words in 'bootmgfw.efi of images 1, 3: SVN 9.0 → 2.0', 'boot 2023-in-place':
        check(f'{words} in text', True, words in shown['text'])
    check('Markdown', True, '1, 3' in shown['markdown'] and '| SVN | 9.0 | 2.0 |' in shown['markdown'])
    check('HTML', True, all(words in shown['html'] for words in ('bootmgfw.efi', 'SVN', '9.0', '2.0')))
    said('signatures that are the same', 'signed by', shown, False)
    # The digest covers it.
    changed = json.loads(open('p.json').read())
    changed['contents'][0]['boot']['files'][0]['old']['svn'] = '1.0'
    write('changed.json', json.dumps(changed))
    run('show', 'changed.json', status=4)

    # Another version, and none.
    alter(known_id, '"10.0.28000.300"', '"10.0.26100.1"')
    _, found, shown = brings()
    check('another version', [([1, 3], ['version', 'svn']), ([2], ['version'])],
          [(file['images'], file['differs_in']) for file in found['files']])
    check('a version in text', True, 'of image 2: version 10.0.26100.1 → 10.0.28000.300' in shown['text'])
    alter(known_id, '"10.0.26100.1"', 'null')
    check('no version in text', True, 'of image 2: version none → 10.0.28000.300' in brings()[2]['text'])
    alter(known_id, '"version":null', '"version":"10.0.28000.300"')

    # Another signer, whose name is a stranger's.
    alter(known_id, '"issuer":"Windows UEFI CA 2023"', '"issuer":"<script>\\u001b[2J, CA"')
    _, found, shown = brings()
    check('another signer', [([1, 3], ['signers', 'svn']), ([2], ['signers'])],
          [(file['images'], file['differs_in']) for file in found['files']])
    check('its name', '<script>\x1b[2J, CA', found['files'][1]['old']['signatures'][0]['issuer'])
    said('who signs it now', 'Windows UEFI CA 2023', shown)
    said('who signed it', '[2J, CA', shown)

    # Signatures that nobody looked at may be any: then nothing is said of who signed it.
    alter(known_id, '"codes":[]', '"codes":["boot-signature-unread"]')
    _, found, shown = brings()
    check('signatures in part', [([1, 3], ['svn']), ([2], [])], [(file['images'], file['differs_in']) for file in found['files']])
    check('which are in part', [False, True], [found['files'][1][side]['signatures_complete'] for side in ('old', 'new')])
    said('signatures in part', 'not all of its signatures were looked at', shown)
    said('signatures in part', '[2J, CA', shown, False)

    # One that was not read, an image that could not be, and what is known of neither.
    with sqlite3.connect('c.db') as cache:
        facts = json.loads(cache.execute('SELECT facts FROM boot_facts WHERE file_id = ?', (known_id,)).fetchone()[0])
        facts['trees'][0][0].update(not_read='it is too large', program=None)
        facts['images'][2] = None
        cache.execute('UPDATE boot_facts SET facts = ? WHERE file_id = ?', (json.dumps(facts), known_id))
    _, found, shown = brings()
    check('one that was not read', [('it is too large', None, [])],
          [(file['old']['not_read'], file['new']['not_read'], file['differs_in']) for file in found['files'][:1]])
    check('an image that is not known', 1, found['images_unknown'])
    said('one that was not read', 'not read: it is too large', shown)
    said('an image that is not known', 'What starts 1 image is not known of both contents.', shown)
    check('versions of what was not read', False, '10.0.28000.300' in shown['text'])
    with sqlite3.connect('c.db') as cache:
        cache.execute('DELETE FROM boot_facts WHERE file_id = ?', (known_id,))
    document, found, shown = brings()
    check('what was is not known', (None, ['2023-in-place'], None), (found['old'], found['new'], found['files']))
    said('what was is not known', 'SVN', shown, False)

    # Other data alone: the same program by all that is told of it.
    os.remove('c.db')
    run('import', '--cache', 'c.db', '--site', 'P01', '--taken-at', '2026-02-20T02:10:00Z', 'site.json')
    make('src/a.wim', manager, manager, manager)
    plan('--config', 'least.conf')
    make('src/a.wim', manager, manager, manager + 'file /other.txt x\n')
    document, found, shown = brings()
    check('nothing of it changed', ([], 0, 0), (found['files'], found['files_left_out'], found['images_unknown']))
    said('nothing of it changed', 'SVN', shown, False)
    # One that comes is counted by what is inside, and by the verdict.
    make('src/a.wim', manager, manager, manager + network)
    check('one that came', [], brings()[1]['files'])
    os.remove('c.db')


def diffs(boot):
    make('old.wim', boot['2011-with-2023-beside'], boot['both'])
    make('new.wim', boot['2023-in-place'], boot['both'])
    images = json.loads(run('diff', '--servicing', '--json', 'old.wim', 'new.wim'))['images']
    check('an image that starts as before', None, images[1]['boot'])
    check('verdicts', ('2011-with-2023-beside', '2023-in-place'), (images[0]['boot']['old_verdict'], images[0]['boot']['new_verdict']))
    found = [(file['change'], file['role'], file['differs_in']) for file in images[0]['boot']['files']]
    check('files', [('changed', 'boot-manager', ['signers']), ('added', 'loader', []), ('removed', 'boot-manager-ex', [])], found)
    manager = images[0]['boot']['files'][0]
    check('issuers', ['Microsoft Windows Production PCA 2011', 'Windows UEFI CA 2023'],
          [manager[side]['signatures'][0]['issuer'] for side in ('old', 'new')])
    check('without --servicing', None, json.loads(run('diff', '--files', '--json', 'old.wim', 'new.wim'))['images'][0]['boot'])
    for form in 'text', 'markdown', 'html':
        shown = run('diff', '--servicing', '--format', form, 'old.wim', 'new.wim')
        plain = ' '.join(html.unescape(shown.replace('<wbr>', '').replace('\\_', '_')).split())
        check(f'control characters in {form}', False, '\x1b' in shown)
        for words in 'What starts it', '2011-with-2023-beside → 2023-in-place', 'the known certificate "Microsoft Windows Production PCA 2011"', 'bootmgfw_EX.efi':
            check(f'{words} in {form}', True, words in plain)

    # A program that is no program any more.
    make('old.wim', boot['2011-only'])
    make('none.wim', 'file /Windows/Boot/EFI/bootmgfw.efi x\n')
    lost = json.loads(run('diff', '--servicing', '--json', 'old.wim', 'none.wim'))['images'][0]['boot']
    check('a program that is none', ('2011-only', 'unproven', ['signers', 'version', 'svn']),
          (lost['old_verdict'], lost['new_verdict'], lost['files'][0]['differs_in']))
    text = ' '.join(run('diff', '--servicing', 'old.wim', 'none.wim').split())
    check('an SVN that is gone', True, 'SVN 9.0 → none' in text)


with tempfile.TemporaryDirectory() as root:
    os.chdir(root)
    os.mkdir('src')
    known['WIMPLAN_TEST_AUTHORITIES'] = f'{root}/authorities'
    recipes = programs()
    plans(recipes)
    programs_of_contents(recipes)
    diffs(recipes)
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
