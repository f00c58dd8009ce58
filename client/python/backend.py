# SPDX-License-Identifier: MIT
"""setuptools, for pip: the system's, if there is one.

pip builds in an environment of its own, in which it hides what is installed,
and fetches setuptools from the network. Debian's does as well, and is here; but
it is for Debian's Python alone, and no other one can install with it.
"""

import sys

if sys.base_prefix == '/usr':
    sys.path.append('/usr/lib/python3/dist-packages')

try:
    from setuptools.build_meta import *         # noqa: F401,F403
except ImportError:
    def get_requires_for_build_wheel(config_settings=None):
        """What pip is to fetch first."""
        return ['setuptools>=61', 'wheel']
else:
    def get_requires_for_build_wheel(config_settings=None):
        """Nothing more."""
        return []
