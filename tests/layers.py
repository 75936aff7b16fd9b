#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the house: which file may use which, by what it includes and by what it calls. layers.py BUILD."""
import collections
import os
import re
import subprocess
import sys

# From bottom to top: a folder uses those before it. What stands in one place uses nothing of its neighbours there.
ORDER = [['base'], ['system'], ['media', 'wim'], ['boot', 'site'], ['import', 'source'], ['cache'], ['diff'], ['plan'], ['audit'], ['report'],
         ['program'], ['cli', 'provider'], ['apply', 'export']]
LEVEL = {folder: level for level, folders in enumerate(ORDER) for folder in folders}
# Where the order is not enough.
ONLY = {
    'program': {'base', 'system', 'plan', 'program'},
    'provider': {'base', 'system', 'site', 'import', 'plan', 'program', 'provider'},
    'export': {'base', 'system', 'site', 'program', 'provider', 'export'},
    'apply': {'base', 'system', 'site', 'import', 'plan', 'program', 'provider', 'apply'},
}

# Headers of C17, and of the libraries that wimplan stands on.
C_HEADERS = set('''assert ctype errno float inttypes limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef
stdint stdio stdlib stdnoreturn string threads time uchar wchar wctype'''.split())
LIBRARY_HEADERS = re.compile(r'(libxml/.*|openssl/.*|curl/.*|sqlite3|jansson|wimlib|archive|archive_entry|libsmartcols(/.*)?|getopt)\.h')
# Headers of C that are for src/system alone: they are about the machine and the user.
SYSTEM_HEADERS = {'signal', 'locale'}

# What the objects outside src/system may take from the C library: functions of C17 that work on memory and text, and
# streams of C, with the few that C23 or every port brings along. Nothing that depends on the locale of bytes (ctype.h).
C_SYMBOLS = set('''_Exit abort bsearch calloc call_once exit free malloc qsort realloc strtod strtol strtoll strtoul strtoull
memchr memcmp memcpy memmove memset strchr strcmp strcpy strcspn strerror strlen strncmp strncpy strpbrk strrchr strspn strstr
fclose feof ferror fflush fgets fopen fputc fputs fputws fread fwrite fprintf putc setvbuf snprintf sprintf vsnprintf sscanf
stdin stderr stdout towlower wcwidth __assert_fail __errno_location __stack_chk_fail
asprintf vasprintf memmem memrchr qsort_r reallocarray strdup strndup strnlen'''.split())
LIBRARY_SYMBOLS = re.compile(r'(xml|__xml|sqlite3_|json_|curl_|archive_|wimlib_|EVP_|SHA1_|SHA256_|CRYPTO_|OPENSSL_|ASN1_|BIO_|CMS_|ERR_|OBJ_|PKCS7_|TS_|X509_|d2i_|scols_|getopt_long$|opt(arg|ind|err|opt)$|'
                             r'__asan|__ubsan|__sanitizer|__gcov|_GLOBAL_OFFSET_TABLE_|llvm_|__llvm|__profile)')

problems = []


def complain(text):
    problems.append(text)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def files_of(*roots):
    """All .c and .h files below the folders, in order."""
    found = []
    for root in roots:
        for folder, _, names in os.walk(root):
            found += [os.path.join(folder, name) for name in names if name.endswith(('.c', '.h'))]
    return sorted(found)


def folder_of(path):
    return path.split('/')[1]


def without_comments(text):
    return re.sub(r'/\*.*?\*/', lambda match: '\n' * match.group().count('\n'), text, flags=re.S)


def may_use(user, used):
    if user == used:
        return True
    return used in ONLY.get(user, {used}) and LEVEL[used] < LEVEL[user]


# --- Files ------------------------------------------------------------------------------------------------------------


def check_sizes(paths):
    lines = {path: read(path).count('\n') for path in paths}
    for path, count in lines.items():
        if count > 450:
            complain(f'{path} has {count} lines, more than 450: it is two concepts')
    mean = sum(lines.values()) / len(lines)
    if not 130 <= mean <= 250:
        complain(f'{len(lines)} files have {mean:.0f} lines on average, which is not from 130 to 250')


def check_names(paths):
    places = collections.defaultdict(list)
    for path in paths:
        name = os.path.basename(path)
        if name.endswith('.c') and not re.match(r'(cmd_.*|main.*)\.c$', name):
            places[name].append(path)
        folder = folder_of(path)
        if path == f'src/{folder}/{folder}.h' and os.path.exists(f'include/wimplan/{folder}.h'):
            complain(f'{path} stands beside include/wimplan/{folder}.h: call it src/{folder}/internal.h')
    for name, found in sorted(places.items()):
        if len(found) > 1:
            complain(f'{" and ".join(found)} have one name: {name}')


# --- What is included -------------------------------------------------------------------------------------------------


def owners(paths):
    """The folder of each public header: that of the file of its name, or of the first that defines what it declares."""
    named = {os.path.basename(path)[:-2]: folder_of(path) for path in paths if path.endswith('.c')}
    defined = collections.defaultdict(set)  # in more than one where a program has another one in its place
    for path in paths:
        if path.endswith('.c'):
            for name in re.findall(r'^[a-z][^;={}()]*?\b(wp_\w+)\(', without_comments(read(path)), flags=re.M):
                defined[name].add(folder_of(path))
    found = {}
    for header in files_of('include'):
        name = os.path.basename(header)[:-2]
        declared = re.findall(r'\b(wp_\w+)\(', without_comments(read(header)))
        folders = collections.Counter(folder for function in declared if function in defined for folder in sorted(defined[function]))
        by_name = named.get(name)
        found[name] = by_name if by_name in folders or not folders else folders.most_common(1)[0][0]
    return found


def check_includes(paths):
    owner = owners(paths)
    for path in paths + files_of('include'):
        text = read(path)
        user = folder_of(path) if path.startswith('src/') else owner.get(os.path.basename(path)[:-2])
        for header in re.findall(r'^#\s*include "wimplan/(.*)\.h"', text, flags=re.M):
            if user and owner.get(header) and not may_use(user, owner[header]):
                complain(f'{path} includes wimplan/{header}.h: {user} may not use {owner[header]}')
        for header in re.findall(r'^#\s*include "((?:\.\./)+.*)"', text, flags=re.M):
            if not os.path.normpath(os.path.join(os.path.dirname(path), header)).startswith(f'src/{user}/'):
                complain(f'{path} includes {header}, a private header of another folder')
        for header in re.findall(r'^#\s*include <(.*)>', text, flags=re.M):
            known = header[:-2] in C_HEADERS or LIBRARY_HEADERS.fullmatch(header)
            if user != 'system' and (not known or header[:-2] in SYSTEM_HEADERS):
                complain(f'{path} includes <{header}>: what is of one system stands in src/system')


# --- What is called ---------------------------------------------------------------------------------------------------


def symbols(build, paths):
    """Of each source file what it defines and what it needs, by its object."""
    objects = {f'{build}/obj/{path[:-2]}.o': path for path in paths if path.endswith('.c')}
    missing = [path for name, path in objects.items() if not os.path.exists(name)]
    for path in missing:
        complain(f'{path} has no object in {build}: build first')
    present = [name for name in objects if os.path.exists(name)]
    output = subprocess.run(['nm', '-A', *present], check=True, stdout=subprocess.PIPE, text=True).stdout
    defines, needs = {}, collections.defaultdict(set)
    for line in output.splitlines():
        name, rest = line.split(':', 1)
        *_, kind, symbol = rest.split()
        if kind == 'U':
            needs[objects[name]].add(symbol)
        # wp_out_of_memory() is weak in base, so that a program can put its own in its place.
        elif kind in 'TDRBVW' and symbol != 'main' and (kind in 'VW' or symbol != 'wp_out_of_memory'):
            defines[symbol] = objects[name]
    return defines, needs


def plain(symbol):
    """The name as the source has it: _FORTIFY_SOURCE and newer versions of C have their own."""
    symbol = re.sub(r'^__isoc\d+_', '', symbol.split('@')[0])
    return re.sub(r'^__(\w+)_chk$', r'\1', symbol) if symbol != '__stack_chk_fail' else symbol


def circles(calls):
    """Files that call each other in a circle (Tarjan's algorithm), each with one way round."""
    index, low, stack, found = {}, {}, [], []

    def visit(start):
        work = [(start, iter(sorted(calls[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(sorted(calls[other]))))
                    break
                if other in stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle = []
                    while not circle or circle[-1] != node:
                        circle.append(stack.pop())
                    if len(circle) > 1:
                        found.append(sorted(circle))

    for node in sorted(calls):
        if node not in index:
            visit(node)
    return found


def check_calls(build, paths):
    defines, needs = symbols(build, paths)
    calls = collections.defaultdict(lambda: collections.defaultdict(set))
    for path, wanted in sorted(needs.items()):
        for symbol in sorted(wanted):
            other = defines.get(symbol)
            if other and other != path:
                calls[path][other].add(symbol)
                if not may_use(folder_of(path), folder_of(other)):
                    complain(f'{path} uses {symbol} of {other}: {folder_of(path)} may not use {folder_of(other)}')
            elif not other and folder_of(path) != 'system' and not symbol.startswith('wp_') and \
                    plain(symbol) not in C_SYMBOLS and not LIBRARY_SYMBOLS.match(symbol):
                complain(f'{path} calls {plain(symbol)}(): what is of one system or one locale stands in src/system')
    for circle in circles({path: set(others) for path, others in calls.items()} |
                          {path: set() for others in list(calls.values()) for path in others if path not in calls}):
        ways = '; '.join(f'{path} calls {", ".join(sorted(calls[path][other]))} of {other}'
                         for path in circle for other in circle if other in calls[path])
        complain(f'a circle of files: {ways}')


# --- Rules of their own -----------------------------------------------------------------------------------------------


def check_buffers(paths):
    """struct wp_buf is changed by its functions alone."""
    members = set()
    for path in paths + files_of('include'):
        for body in re.findall(r'struct \w+ \{(.*?)\n\}', without_comments(read(path)), flags=re.S):
            members |= set(re.findall(r'\bstruct wp_buf (\w+)', body))
    for path in paths:
        if path == 'src/base/buf.c':
            continue
        text = without_comments(read(path))
        names = members | set(re.findall(r'\bstruct wp_buf (?:const )?\*?(\w+)', text))
        for match in re.finditer(r'(\b\w+)(?:\.|->)(data|length|capacity)(\[[^]=]*\])?\s*(=(?!=)|\+=|-=|\+\+|--)', text):
            if match.group(1) in names and (match.group(2) != 'data' or match.group(3) or match.group(4) == '='):
                line = text.count('\n', 0, match.start()) + 1
                complain(f'{path}:{line}: a buffer is changed by its functions alone ({match.group()})')
        for match in re.finditer(r'--(\w+(?:->|\.))*(\w+)(?:\.|->)length', text):
            if match.group(2) in names:
                line = text.count('\n', 0, match.start()) + 1
                complain(f'{path}:{line}: a buffer is changed by its functions alone ({match.group()})')


def check_pure(paths):
    """Plan, audit and report take values and give values; text leaves the programs in one place."""
    for path in paths:
        folder, text = folder_of(path), without_comments(read(path))
        if folder in ('plan', 'audit', 'report'):
            for match in re.finditer(r'\b(getenv|fopen|time|wp_file_(?!change)\w+|wp_clock_\w+|wp_threads_\w+|sqlite3_\w+|wp_db_\w+) *\(', text):
                complain(f'{path} calls {match.group(1)}(): {folder} is pure')
        if folder in ('program', 'cli', 'provider', 'apply', 'export') and \
                re.search(r'[ (,]std(out|err)[,)]|wp_file_begin\(NULL|(?<![_a-z])(printf|puts|putchar|perror) *\(', text):
            complain(f'{path}: text leaves a program through src/system/print.c alone')


def main():
    build = sys.argv[1]
    paths = files_of('src')
    check_sizes(paths + files_of('include'))
    check_names(paths)
    check_includes(paths)
    check_calls(build, paths)
    check_buffers(paths)
    check_pure(paths)
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
