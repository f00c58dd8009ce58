# SPDX-License-Identifier: MIT
"""Files here, and on the board, where picoctl is run in a folder of the test."""

import os


class Folder:
    """For a test that has the folder, here, and run_it(), which runs picoctl."""

    def write(self, name, content=b'x'):
        path = os.path.join(self.here, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(content)
        return path

    def read(self, name):
        with open(os.path.join(self.here, name), 'rb') as file:
            return file.read()

    def put(self, name, content, status=0):
        self.write('local', content)
        return self.run_it('put', 'local', ':' + name, status=status)

    def get(self, name):
        self.run_it('get', ':' + name, 'back')
        return self.read('back')
