#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what src/README.md names to the code: functions, types, tables, files and folders. check-map.py [README]"""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
readme = sys.argv[1] if len(sys.argv) > 1 else 'src/README.md'
with open(readme, encoding='utf-8') as file:
    text = file.read()
code = ''
for path in glob.glob('src/**/*.[ch]', recursive=True) + glob.glob('include/wimplan/*.h'):
    with open(path, encoding='utf-8') as file:
        code += re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)


def is_there(name):
    """Whether what stands between two backquotes is something of the code."""
    if name.endswith('()'):
        return re.search(rf'^(?!\t)[\w *]*\b{re.escape(name[:-2])}\([^;]*?\)\s*\{{', code, flags=re.M | re.S)
    if re.match(r'(struct|enum) ', name):
        return re.search(rf'^{name} \{{', code, flags=re.M)
    if '*' in name:
        return glob.glob(f'src/*/{name}')
    if '/' in name or '.' in name:
        return any(glob.glob(os.path.normpath(f'{root}/{name}'), recursive=True) for root in ('src', '.', 'src/*'))
    return name in ('wimplan', 'wimplan-apply', 'wimplan-export') or re.search(rf'\b{re.escape(name)}\[', code)


names = sorted(set(re.findall(r'`([^`]+)`', text)))
missing = [name for name in names if not is_there(name)]
for name in missing:
    print(f'{readme} names {name}, which is not there', file=sys.stderr)
folders = {path.split('/')[1] for path in glob.glob('src/*/')} - {'README.md'}
for folder in sorted(folders):
    if f'`{folder}/`' not in text:
        print(f'{readme} does not name the folder {folder}', file=sys.stderr)
        missing.append(folder)
if len(names) < 40:
    sys.exit(f'{readme} names {len(names)} things: is this test still good for anything?')
sys.exit(1 if missing else 0)
