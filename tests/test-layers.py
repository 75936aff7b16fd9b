#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants what the layer script is there to find, each in a copy of the sources, and sees it found. test-layers.py BUILD"""
import os
import shutil
import subprocess
import sys
import tempfile

build = os.path.abspath(sys.argv[1])
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
failed = 0

# Name, files to plant with their text, and what the script has to say of it.
PLANTED = [
    ('a circle of files in one folder',
     {'src/base/hen.c': 'void wp_egg(void);\nvoid wp_hen(void);\nvoid wp_hen(void) { wp_egg(); }\n',
      'src/base/egg.c': 'void wp_egg(void);\nvoid wp_hen(void);\nvoid wp_egg(void) { wp_hen(); }\n'},
     'a circle of files: src/base/egg.c calls wp_hen of src/base/hen.c; src/base/hen.c calls wp_egg of src/base/egg.c'),
    ('a header of POSIX', {'src/plan/planted.c': '#include <unistd.h>\n'}, 'src/plan/planted.c includes <unistd.h>'),
    ('a header of Linux in a public header', {'include/wimplan/planted.h': '#include <sys/stat.h>\n'},
     'include/wimplan/planted.h includes <sys/stat.h>'),
    ('a call of POSIX without its header',
     {'src/wim/planted.c': 'int close(int);\nint wp_planted(int fd);\nint wp_planted(int fd) { return close(fd); }\n'},
     'src/wim/planted.c calls close()'),
    ('a comparison that follows the locale',
     {'src/plan/planted.c': 'int strcasecmp(const char *, const char *);\nint wp_planted(const char *a);\n'
                            'int wp_planted(const char *a) { return strcasecmp(a, "i"); }\n'},
     'src/plan/planted.c calls strcasecmp()'),
    ('an include that points up', {'src/wim/planted.c': '#include "wimplan/plan.h"\n'},
     'src/wim/planted.c includes wimplan/plan.h: wim may not use plan'),
    ('a call that points up',
     {'src/base/planted.c': 'struct wp_plan;\nvoid wp_plan_free(struct wp_plan *);\nvoid wp_planted(void);\n'
                            'void wp_planted(void) { wp_plan_free(0); }\n'},
     'src/base/planted.c uses wp_plan_free of src/plan/'),
    ('one name twice', {'src/plan/arena.c': ''}, 'src/base/arena.c and src/plan/arena.c have one name'),
    ('a header beside the public one', {'src/wim/wim.h': ''}, 'src/wim/wim.h stands beside include/wimplan/wim.h'),
    ('a long file', {'src/base/planted.c': '/* */\n' * 451}, 'src/base/planted.c has 451 lines'),
    ('many small files', {f'src/base/planted{i}.h': '\n' for i in range(300)}, 'lines on average'),
    ('a buffer that is changed from outside',
     {'src/plan/planted.c': '#include "wimplan/buf.h"\nvoid wp_planted(struct wp_buf *text);\n'
                            'void wp_planted(struct wp_buf *text) { text->length = 0; }\n'},
     'src/plan/planted.c:3: a buffer is changed by its functions alone'),
    ('an effect in what is pure', {'src/report/planted.c': 'void f(void) { wp_file_look("x", 0); }\n'},
     'src/report/planted.c calls wp_file_look(): report is pure'),
]


def run(copy):
    answer = subprocess.run([os.path.join(copy, 'tests/layers.py'), 'build'], cwd=copy, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    return answer.returncode, answer.stdout


def check(name, good, said):
    global failed
    if not good:
        failed += 1
        print(f'FAILED {name}: {said.strip() or "nothing was found"}')


with tempfile.TemporaryDirectory() as copy:
    for part in ('src', 'include', 'tests/layers.py'):
        source = os.path.join(top, part)
        if os.path.isdir(source):
            shutil.copytree(source, os.path.join(copy, part))
        else:
            os.makedirs(os.path.join(copy, 'tests'))
            shutil.copy(source, os.path.join(copy, part))
    # The objects are only read: links will do.
    shutil.copytree(os.path.join(build, 'obj/src'), os.path.join(copy, 'build/obj/src'), copy_function=os.symlink,
                    ignore=shutil.ignore_patterns('*.d'))
    status, said = run(copy)
    check('nothing planted', status == 0, said)
    for name, files, wanted in PLANTED:
        made = []
        for path, text in files.items():
            made.append(os.path.join(copy, path))
            with open(made[-1], 'w', encoding='utf-8') as file:
                file.write(text)
            if path.endswith('.c'):
                made.append(os.path.join(copy, 'build/obj', path[:-2] + '.o'))
                if not os.path.lexists(made[-1]):
                    subprocess.run([*os.environ.get('CC', 'cc').split(), '-w', '-Iinclude', '-c', '-o', made[-1],
                                    os.path.join(copy, path)], cwd=copy, check=False, stderr=subprocess.DEVNULL)
        status, said = run(copy)
        check(name, status != 0 and wanted in said, said)
        for path in made:
            if os.path.lexists(path):
                os.remove(path)
print(f'{1 + len(PLANTED) - failed} passed, {failed} failed')
sys.exit(1 if failed else 0)
