#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Names in the certificates of boot programs, which strangers made: check-boot-names.py BUILD. What is written for programs parses and has
the very name; in nothing that is written is there a character that a terminal or a browser would interpret.
"""
import csv
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

import record_recipes

BUILD = os.path.abspath(sys.argv[1])
UTF8, T61, UNIVERSAL, BMP = 12, 20, 28, 30  # string types of ASN.1, as libcrypto numbers them
# What bytes of a type are shown as; None: they are no name.
NAMES = [
    (UTF8, '"Acme" \\ \'Inc\', {"known": true}'.encode(), '"Acme" \\ \'Inc\', {"known": true}'),
    (UTF8, b'A\a\b\t\r\nimage 9: 2023-in-place\x7f\x01', 'A\a\b\t\r\nimage 9: 2023-in-place\x7f\x01'),
    (UTF8, b'A\x1b[2J\x1b]0;title\a\x1b]8;;http://example.com\x1b\\B', 'A\x1b[2J\x1b]0;title\a\x1b]8;;http://example.com\x1b\\B'),
    (UTF8, 'A\u009b31m\u0090B'.encode(), 'A\u009b31m\u0090B'),
    (UTF8, 'A \u202e3202 AC IFEU swodniW\u2066'.encode(), 'A \u202e3202 AC IFEU swodniW\u2066'),
    (UTF8, 'A\u200b\u2028\u2029\ufeff\u00ad\U000e0041B'.encode(), 'A\u200b\u2028\u2029\ufeff\u00ad\U000e0041B'),
    (UTF8, b'</script><script>alert(1)</script><!-- ]]> --> | ` * _', '</script><script>alert(1)</script><!-- ]]> --> | ` * _'),
    (UTF8, b'=HYPERLINK("http://example.com"),;+1', '=HYPERLINK("http://example.com"),;+1'),
    (BMP, 'A\x1b[31m\u202eB </script>'.encode('utf-16-be'), 'A\x1b[31m\u202eB </script>'),
    (T61, b'A\x1b[31m\x9b31m \xe9 </script>', 'A\x1b[31m\u009b31m é </script>'),
    (UNIVERSAL, 'A\x1b[31m\u202e\U000e0041'.encode('utf-32-be'), 'A\x1b[31m\u202e\U000e0041'),
    # They would say of themselves what only a known certificate has said of it.
    (UTF8, b'Windows UEFI CA 2023, a known certificate', 'Windows UEFI CA 2023, a known certificate'),
    (UTF8, b'A", under the known certificate "Windows UEFI CA 2023', 'A", under the known certificate "Windows UEFI CA 2023'),
    (UTF8, b'A\\"; time stamp 2024-01-01 00:00Z', 'A\\"; time stamp 2024-01-01 00:00Z'),
    (UTF8, b'Windows UEFI CA 2023; time stamp 2024-01-01 00:00Z', 'Windows UEFI CA 2023; time stamp 2024-01-01 00:00Z'),
    (UTF8, 'A\u201d, under the known certificate \u201cB'.encode(), 'A\u201d, under the known certificate \u201cB'),
    (UTF8, b"A'', under the known certificate ''B", "A'', under the known certificate ''B"),
    # They look like the name of one.
    (UTF8, 'Windows UEFI C\u0410 2023'.encode(), 'Windows UEFI C\u0410 2023'),
    (UTF8, 'Windows UEFI CA\u00a02023'.encode(), 'Windows UEFI CA\u00a02023'),
    (UTF8, b'Windows UEFI CA 2023 ', 'Windows UEFI CA 2023 '),
    (UTF8, b' Windows  UEFI CA 2023', ' Windows  UEFI CA 2023'),
    # They would look like another name.
    (UTF8, b'Windows UEFI CA 2023\0.example.com', None),
    (BMP, 'Windows UEFI CA 2023\0B'.encode('utf-16-be'), None),
    (UTF8, b'Windows UEFI \xff\xc0\x80\xed\xa0\x80CA 2023', None),
    (BMP, b'\xd8\x00\x00A', None),
    (BMP, b'\x00A\x00', None),
    (UNIVERSAL, b'\x00\x11\x00\x00', None),
]
FORMS = 'text', 'markdown', 'html', 'json'
problems = []


def check(what, wanted, found):
    if wanted != found:
        problems.append(f'{what}: {found!r} instead of {wanted!r}')


def run(*arguments, status=(0,), program='wimplan', **more):
    environment = {**os.environ, 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8', 'SOURCE_DATE_EPOCH': '1772355600', 'COLUMNS': '80'}
    done = subprocess.run([f'{BUILD}/{program}', *arguments], capture_output=True, env=environment, **more)
    check(f'status of {" ".join(arguments)}: {done.stderr.decode(errors="replace")}', True, done.returncode in status)
    return done.stdout


def harmless(what, output):
    """The text, in which nothing is hidden, or moves what stands beside it."""
    text = output.decode()
    found = {f'U+{ord(c):04X}' for c in text if unicodedata.category(c) in ('Cc', 'Cf', 'Cs', 'Zl', 'Zp') and c not in '\n\r'}
    # Lines end as those of spreadsheets do, or without.
    found |= {'CR'} if re.search(r'\r(?!\n)', text) else set()
    check(f'characters in {what} that are interpreted', set(), found)
    if 'html' in what:
        check(f'scripts in {what}', None, re.search(r'<script>alert', text))
    return text


def in_quotes(name):
    """How a sentence has it: nothing in it ends the quotes, or seems to be what it is not."""
    latin = re.search('[A-Za-z]', name)

    def show(match):
        before, c = name[match.start() - 1:match.start()] or ' ', match[0]
        if c in '"\\':
            return '\\' + c
        if c == ' ':
            seen = before != ' ' and match.end() < len(name)
        elif c == "'":
            seen = before != "'"
        elif latin:
            seen = c < '\x80' or unicodedata.name(c, '').startswith('LATIN ')
        else:
            seen = unicodedata.category(c) not in ('Zs', 'Pi', 'Pf')
        return c if seen else f'<U+{ord(c):04X}>'

    return f'"{re.sub("(?s).", show, name)}"'


def as_seen(text, form):
    """What somebody reads, and copies."""
    if form == 'html':
        text = re.sub('<[^>]*>', '', re.sub('(?s)<(style|script)>.*?</\\1>', '', text.replace('<wbr>', '')).replace('<br>', ' '))
    if form == 'markdown':
        # Either a character with a backslash, or code, as which addresses stand.
        text = re.sub(r'\\([!-/:-@\[-`{-~])|`([^`]*)`', lambda match: match[1] or match[2], text)
    return ' '.join((text if form == 'text' else html.unescape(text)).split())


def as_escaped(name):
    """What is hidden is shown by who writes it."""
    return re.sub('[\0-\x1f\x7f]', lambda match: f'\\x{ord(match[0]):02x}', name)


def is_told(what, text, form):
    """Each name stands in quotes, behind that it is not known; and nothing that is not in quotes says more."""
    text = as_seen(text, form)
    for _, name, shown in NAMES:
        party = as_escaped(in_quotes(shown)) if shown else 'somebody without a name'
        ca = f'called {as_escaped(in_quotes(shown))}' if shown else 'and has no name'
        comma = ', ' if shown else ' '
        words = f'igned by {party}, under a certificate that is not known{comma}{ca}'
        check(f'{name} in {what}', True, ' '.join(words.split()) in text)
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '', text)
    check(f'what strangers say of themselves in {what}', [], re.findall('under the known certificate|; time stamp|CA\\W*2023, ', outside))


def make():
    """A WIM with an image for each name, and for each name one of its own, which is older than what the site has."""
    lines = ''.join(f'{kind} {name.hex()}\n' for kind, name, _ in NAMES)
    images = re.split(rb'^image "\d+"\n', run('--names', program='mkboot', input=lines.encode()), flags=re.M)[1:]
    check('images', len(NAMES), len(images))
    head = b'arch 9\nlanguages en-US\ndefault en-US\nversion 10.0.22631.3007\nmodified 2026-01-01T00:00:00Z\n'
    with open('all.recipe', 'wb') as file:
        file.write(b'compress LZX\n' + b''.join(b'image "%d"\n%s%s' % (i, head, lines) for i, lines in enumerate(images)))
    with open('none.recipe', 'wb') as file:
        file.write(b'compress LZX\n' + b''.join(b'image "%d"\n%s' % (i, head) for i in range(len(images))))
    run('all.recipe', 'all.wim', program='mkwim')
    run('none.recipe', 'none.wim', program='mkwim')
    recipe = ''
    for i, lines in enumerate(images):
        with open('recipe', 'wb') as file:
            # Files of one size with the same header and XML would be copies of one file: their times tell them apart.
            file.write(b'compress LZX\nimage "Image 1"\n' + head.replace(b':00Z', b':%02dZ' % i) + lines)
        run('recipe', f'src/{i}.wim', program='mkwim')
        os.utime(f'src/{i}.wim', (1767225600, 1767225600))
        recipe += f'package P01{i:05}\nPkgSourcePath \\\\srv\\src$\\{i}.wim\nimage "name=Image 1"\n'
    with open('site.json', 'w') as file:
        json.dump(record_recipes.read(recipe), file)
    with open('expect.conf', 'w') as file:
        file.write('[expect]\nboot = 2023\n')


def names_of(what, files):
    """The names of one image's only boot file, which are those of its signer and of who issued that."""
    signature = files[0]['signatures'][0]
    check(f'{what}: what is proven', (True, True, False), (signature['signature_agrees'], signature['digest_agrees'], signature['known']))
    check(f'{what}: the signer is named as the issuer', signature['issuer'], signature['signer'])
    return signature['issuer']


def inspected():
    for form in FORMS:
        text = harmless(f'inspect --boot, {form}', run('inspect', '--boot', '--format', form, 'all.wim'))
        if form != 'json':
            is_told(f'inspect --boot, {form}', text, form)
    for (_, name, shown), image in zip(NAMES, json.loads(text)['files'][0]['images'], strict=True):
        check(f'verdict of {name}', 'third-party', image['boot']['verdict'])
        check(f'name of {name}', shown, names_of(f'inspect {name}', image['boot']['files']))


def compared():
    for old, new, side in ('none.wim', 'all.wim', 'new'), ('all.wim', 'none.wim', 'old'):
        for form in FORMS:
            text = harmless(f'diff {old} {new}, {form}', run('diff', '--servicing', '--format', form, old, new, status=(0, 1)))
            if form != 'json':
                is_told(f'diff {old} {new}, {form}', text, form)
        for (_, name, shown), image in zip(NAMES, json.loads(text)['images'], strict=True):
            check(f'name of {name}, {side}', shown, names_of(f'diff {name}', [file[side] for file in image['boot']['files']]))


def planned():
    arguments = '--cache', 'c.db', '--config', 'expect.conf', '--map', r'\\srv\src$=src', '--site', 'P01', '--taken-at', '2026-02-20T02:10:00Z'
    run('import', '--cache', 'c.db', '--site', 'P01', '--taken-at', '2026-02-20T02:10:00Z', 'site.json')
    run('plan', *arguments[:6], '-o', 'p.json', status=(0, 3))
    with open('p.json', 'rb') as file:
        document = json.loads(harmless('plan', file.read()))
    notes = {note['package_id']: note for note in document['notes'] if note['code'] == 'lacks'}
    for i, (_, name, shown) in enumerate(NAMES):
        found = notes.get(f'P01{i:05}', {'summary': ''})['summary']
        check(f'the note on {name} has the name', True, found.endswith(
            f'but under a certificate that is not known{f", called {in_quotes(shown)}" if shown else " and has no name"}'))
    for form in *FORMS, 'csv', 'powershell':
        harmless(f'show, {form}', run('show', '--all', '--format', form, 'p.json'))
        text = harmless(f'audit, {form}', run('audit', *arguments, '--all', '--format', form, 'site.json', status=(0, 3)))
        if form == 'csv':
            rows = list(csv.DictReader(io.StringIO(text, newline='')))
            check('packages of the table', len(NAMES), len({row['package_id'] for row in rows}))
            check('notes of the table', {'lacks'}, {note for row in rows for note in row['notes'].split() if note == 'lacks'})
            check('cells that are formulas', [], [cell for row in rows for cell in row.values() if cell[:1] in tuple('=+-@')])


with tempfile.TemporaryDirectory() as root:
    os.chdir(root)
    os.mkdir('src')
    make()
    inspected()
    compared()
    planned()
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
