#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans, audits and diffs say what starts the images of sources. check-boot-plan.py BUILD."""
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import record_recipes

BUILD = os.path.abspath(sys.argv[1])
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
        cache.execute("UPDATE boot_facts SET facts = replace(facts, '3.0', '2.0')")
    check('notes with facts of another version', wanted, notes(plan('--config', 'expect.conf', status=3)))
    with sqlite3.connect('c.db') as cache:
        check('facts of this version', 2, cache.execute("SELECT count(*) FROM boot_facts WHERE instr(facts, '\"3.0\"')").fetchone()[0])
        cache.execute('DELETE FROM boot_facts')
    check('notes without facts', wanted, notes(plan('--config', 'expect.conf', status=3)))

    # The short form of a content.
    make('src/a.wim', boot['2023-in-place'])
    document = plan('--config', 'expect.conf', '-o', 'p.json', status=3)
    check('contents', [{'old': ['2011-only'], 'new': ['2023-in-place']}], [content['boot'] for content in document['contents']])
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
        plain = ' '.join(shown.replace('<wbr>', '').replace('\\_', '_').split())
        check(f'control characters in {form}', False, '\x1b' in shown)
        for words in 'What starts it', '2011-with-2023-beside → 2023-in-place', 'Production PCA 2011, a known certificate', 'bootmgfw_EX.efi':
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
    diffs(recipes)
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
