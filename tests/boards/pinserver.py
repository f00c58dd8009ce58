# SPDX-License-Identifier: MIT
"""The other end of a PinServer: takes its stream apart, for tests.

A letter begins a line, which is a report or the values of an answer; O and R
begin a status.  The letters of reports are never those of answers.
"""

REPORTS = 'hlov'


class Talk:
    """A test case's conversation; subclasses give more() and send()."""

    def reset_talk(self):
        self.text = ''          # not taken apart yet
        self.sent_bytes = self.received_bytes = 0
        self.answers = []       # lines and statuses
        self.reports = []

    def more(self):
        """Returns the next bytes from the board; waits for them."""
        raise NotImplementedError

    def send(self, text):
        """Sends this to the board."""
        raise NotImplementedError

    def _read(self):
        self.take(self.more())

    def take(self, piece):
        """Takes these bytes from the board apart."""
        piece = piece.decode('ascii')
        self.received_bytes += len(piece)
        self.text += piece
        while self.text:
            if self.text[0] in 'OR':
                if len(self.text) < 2:
                    return
                token, self.text = self.text[:2], self.text[2:]
                if token not in ('OK', 'RR'):
                    raise ValueError(f'neither OK nor RR: {token!r}')
                self.answers.append(token)
            else:
                if '\n' not in self.text:
                    return
                token, self.text = self.text.split('\n', 1)
                to = self.reports if token[0] in REPORTS else self.answers
                to.append(token)

    def token(self):
        """The next status, or line of an answer."""
        while not self.answers:
            self._read()
        return self.answers.pop(0)

    def report(self):
        """The next report."""
        while not self.reports:
            self._read()
        return self.reports.pop(0)

    def command(self, text):
        """A command whose answer has no values."""
        self.send(text + '\n')
        self.assertEqual(self.token(), 'OK', text)

    def ask(self, text, answer):
        self.send(text + '\n')
        self.assertEqual(self.token(), answer, text)
        self.assertEqual(self.token(), 'OK', text)

    def state(self):
        """What must be the same after a command that was refused."""
        raise NotImplementedError

    def refused(self, *commands):
        for text in commands:
            before = self.state()
            self.send(text + '\n')
            self.assertEqual(self.token(), 'RR', text)
            self.assertEqual(self.state(), before, text)
