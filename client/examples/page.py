# SPDX-License-Identifier: MIT
"""A page with a button for a board's LED: python3 page.py [PORT]

Then open http://localhost:8000. The board needs on() and off().
"""

import html
import http.server
import sys
import urllib.parse

import picoctl

PAGE = '''<!doctype html>
<meta name=viewport content="width=device-width">
<title>LED</title>
<form method=post>
<button name=led value=on>on</button>
<button name=led value=off>off</button>
</form>
<p>{}
'''
# A page sends a word, not what runs on the board.
STATEMENTS = {'on': 'on()', 'off': 'off()'}

pico = picoctl.board()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.show(200, '')

    def do_POST(self):
        word = self.button()
        if word not in STATEMENTS:
            self.show(400, 'That is no button of this page.')
            return
        try:
            pico.send(STATEMENTS[word], timeout=5)
        except picoctl.Error as error:
            self.show(503, str(error))
        else:
            self.show(200, f'It is {word}.')

    def button(self):
        """The word of the button; None if that is no form of this page."""
        try:
            length = int(self.headers.get('Content-Length', 0))
            if not 0 <= length <= 1000:
                return None
            form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        except ValueError:
            return None
        return form.get('led', [None])[0]

    def show(self, status, text):
        body = PAGE.format(html.escape(text)).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == '__main__':
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    with http.server.ThreadingHTTPServer(('localhost', port), Page) as server:
        print(f'http://localhost:{server.server_port}', flush=True)
        server.serve_forever()
