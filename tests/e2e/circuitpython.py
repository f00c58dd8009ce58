# SPDX-License-Identifier: MIT
"""A CircuitPython, byte by byte as real ones of 7.0 to 10.2 were heard.

It begins a new virtual machine at each change between its prompt and its raw
REPL, and runs repl.py then; its Ctrl-C empties what was sent ahead while a
program runs; no banner follows a restart; and from 8 on it tells titles.
"""

import io
import contextlib
import traceback

import scripted

CLEAR = b'\x1b[2K\x1b[0G'

# What it says in other words; names are the same in all of them.
WORDS = {
    'en': {
        'done': 'Done', 'reboot': 'soft reboot',
        'trace': 'Traceback (most recent call last):',
        'frame': '  File "{}", line {}, in {}',
        'auto': 'Auto-reload is on. Simply save files over USB to run them '
                'or enter REPL to disable.',
        'output': 'code.py output:', 'repl': 'repl.py output:',
        'ended': 'Code done running.',
        'key': 'Press any key to enter the REPL. Use CTRL-D to reload.',
    },
    'de': {
        'done': 'Fertig', 'reboot': 'weicher reboot',
        'trace': 'Zurückverfolgung (jüngste Aufforderung zuletzt):',
        'frame': '  Datei "{}", Zeile {}, in {}',
        'auto': 'Automatisches Neuladen ist aktiv.',
        'output': 'Ausgabe von code.py:', 'repl': 'Ausgabe von repl.py:',
        'ended': 'Der Code wurde ausgeführt.',
        'key': 'Drücke eine Taste, um den REPL zu betreten.',
    },
    'ja': {
        'done': '完了', 'reboot': 'ソフトリブート',
        'trace': 'トレースバック（最新の呼び出しが最後）：',
        'frame': '  ファイル "{}", 行 {}, {} で',
        'auto': 'オートリロードはオンです。',
        'output': 'code.py の出力:', 'repl': 'repl.py の出力:',
        'ended': 'コードの実行が終わりました。',
        'key': 'キーを押すとREPLに入ります。',
    },
}


class CircuitPython(scripted.Repl):
    """code: whether code.py loops.  repl: what repl.py prints, if there is one."""

    def __init__(self, board, language='en', version='10.2.1', code=True,
                 repl=None):
        self.words = WORDS[language]
        self.version = version
        self.code, self.repl = code, repl
        self.major = int(version.split('.')[0])
        super().__init__(board, True)
        if self.major < 9:
            del self.names['__builtins__']['compile']
        self.hear = self.hear_code if code else self.hear_over

    # ---------------------------------------------------------------- words

    def word(self, name):
        return self.words[name].encode()

    def title(self, status):
        if self.major < 8:
            return b''
        return f'\x1b]0;\U0001f40d{status} | {self.version}\x1b\\'.encode()

    def done(self):
        return self.title(self.words['done'])

    def clear(self):
        return CLEAR if self.major >= 8 else b''

    def banner(self):
        return (self.title('REPL') + b'\r\nAdafruit CircuitPython '
                + self.version.encode() + b' on 2026-11-25; Raspberry Pi Pico '
                b'with rp2040\r\n>>> ')

    def over(self):
        return (b'\r\n' + self.word('ended') + b'\r\n\r\n' + self.word('key')
                + b'\r\n')

    def new_machine(self):
        """Variables are gone; repl.py runs where there is one."""
        names = self.names['__builtins__']
        self.names = {'__builtins__': names, 'hit': self.board.hit}
        self.line.clear()
        if self.repl is None or self.major < 9:
            return b''
        return (b'\r\n' + self.clear() + self.word('repl') + b'\r\n' +
                self.title('repl.py') + self.repl + self.done())

    def run_code(self):
        says = (b'\r\n' + self.clear() + self.word('output') + b'\r\n' +
                self.title('code.py'))
        self.new_machine()
        self.hear = self.hear_code if self.code else self.hear_over
        return says + (b'' if self.code else self.done() + self.over())

    # --------------------------------------------------------------- states

    def start(self):
        """It gets power; no banner comes."""
        self.hear = self.hear_code if self.code else self.hear_over
        return (self.done() if not self.code else self.title('code.py')) + (
            self.clear() + self.word('auto') + b'\r\n')

    def hear_code(self, byte):
        if byte != 0x03:
            return b''          # code.py reads nothing
        self.drop = True
        self.hear = self.hear_over
        return (self.trace([('code.py', 1, '<module>')], 'KeyboardInterrupt',
                           '') + self.title('1@code.py KeyboardInterrupt') +
                self.over())

    def hear_over(self, byte):
        if byte == 0x04:
            return self.reload()
        self.hear = self.hear_friendly
        return self.new_machine() + self.banner()

    def reload(self):
        return (b'\r\n' + self.done() + self.word('reboot') + b'\r\n' +
                b'\r\n' + self.clear() + self.word('auto') + b'\r\n' +
                self.run_code())

    def hear_friendly(self, byte):
        if byte == 0x01 and not self.line:
            self.hear = self.hear_raw
            return (b'\r\n' + self.new_machine() + self.done() +
                    scripted.RAW_BANNER)
        if byte == 0x02 and not self.line:
            return b'\r\n' + self.banner()
        if byte == 0x04 and not self.line:
            return self.reload()
        return super().hear_friendly(byte)

    def hear_raw(self, byte):
        if byte == 0x02:
            self.hear = self.hear_friendly
            return b'\r\n' + self.new_machine() + self.banner()
        if byte == 0x04 and not self.line:
            return b'OK\r\n' + self.raw_reboot()
        return super().hear_raw(byte)

    def raw_reboot(self):
        self.new_machine()
        self.hear = self.hear_raw
        return self.word('reboot') + b'\r\n' + scripted.RAW_BANNER

    # -------------------------------------------------------------- running

    def trace(self, frames, name, message):
        lines = [self.words['trace'],
                 *(self.words['frame'].format(*frame) for frame in frames),
                 f'{name}: {message}', '']
        return '\r\n'.join(lines).encode()

    def execute_raw(self):
        text = bytes(self.line)
        self.line.clear()
        stdout = io.StringIO()
        trace, left = b'', False
        with contextlib.redirect_stdout(stdout):
            try:
                exec(compile(text.decode(), '<stdin>', 'exec'), self.names)
            except SystemExit:
                left = True
            except BaseException as error:  # whatever a statement raises
                frames = [(f.filename, f.lineno, f.name) for f in
                          traceback.extract_tb(error.__traceback__)[1:]]
                trace = self.trace(frames, type(error).__name__, error)
        output = stdout.getvalue().replace('\n', '\r\n').encode()
        if left and self.major >= 10:
            return output + b'\x04\x04' + self.raw_reboot()
        return output + b'\x04' + trace + b'\x04>'
