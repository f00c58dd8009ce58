# SPDX-License-Identifier: MIT
"""Which lines of daemon/ were reached, of the profiles in a build: make coverage.

    coverage.py BUILD

Fails if less than 70 % of the lines of some file were.
"""

import glob
import json
import os
import subprocess
import sys

WANTED_PERCENT = 70


def programs(build):
    """All that may have daemon/ in it."""
    paths = [os.path.join(build, 'picod')]
    for folder in ('tests/unit', 'tests/fuzz'):
        paths += glob.glob(os.path.join(build, folder, '*'))
    return [path for path in paths if os.path.isfile(path) and
            os.access(path, os.X_OK)]


def lines_reached(build):
    """For each file of daemon/: how many lines it has, and how many ran."""
    profile = os.path.join(build, 'profile', 'all')
    subprocess.run(
        ['llvm-profdata', 'merge', '-sparse', '-o', profile,
         *glob.glob(os.path.join(build, 'profile', '*.profraw'))], check=True)
    first, *others = programs(build)
    export = subprocess.run(
        ['llvm-cov', 'export', '-summary-only', f'-instr-profile={profile}',
         first, *(f'-object={each}' for each in others), 'daemon'],
        check=True, text=True, stdout=subprocess.PIPE)
    files = json.loads(export.stdout)['data'][0]['files']
    return {os.path.relpath(each['filename']):
            (each['summary']['lines']['count'],
             each['summary']['lines']['covered'])
            for each in files if each['summary']['lines']['count'] > 0}


def main():
    reached = lines_reached(sys.argv[1])
    short = 0
    for path, (count, covered) in sorted(reached.items()):
        percent = 100 * covered / count
        short += percent < WANTED_PERCENT
        print(f'  {path:40}{covered:5} of {count:5} lines{percent:6.1f} %'
              f'{"  TOO FEW" if percent < WANTED_PERCENT else ""}')
    count, covered = map(sum, zip(*reached.values()))
    print(f'  {"daemon/":40}{covered:5} of {count:5} lines'
          f'{100 * covered / count:6.1f} %')
    if short:
        sys.exit(f'{short} files are under {WANTED_PERCENT} %')


main()
