// SPDX-License-Identifier: MIT
// Sends a statement with nothing but Node: node send.js TEXT
//
// A message of Varlink is JSON and a NUL; picod-protocol(7) has what can be asked.

const net = require('node:net')

const call = {method: 'io.picod.Send', parameters: {text: process.argv[2]}}
const socket = net.connect(process.env.PICOD_SOCKET || '/run/picod/io.picod')
let heard = ''

socket.setEncoding('utf8')
socket.write(JSON.stringify(call) + '\0')
socket.on('data', piece => {
  heard += piece
  if (!heard.endsWith('\0')) return
  const reply = JSON.parse(heard.slice(0, -1))
  if (reply.error) {
    console.error(reply.parameters.traceback || reply.parameters.message)
    process.exitCode = 1
  } else {
    process.stdout.write(reply.parameters.output)
  }
  socket.end()
})
socket.on('error', error => {
  console.error(error.message)
  process.exitCode = 1
})
