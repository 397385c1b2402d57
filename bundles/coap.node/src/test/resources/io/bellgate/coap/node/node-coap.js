// Drives the CoAP client of node-coap: node node-coap.js FOLDER-OF-THE-MODULE PORT TEXT
// Prints one JSON value a line: what each request was answered.
'use strict'

const coap = require(process.argv[2])
const port = Number(process.argv[3])
const text = process.argv[4]

function ask (method, pathname, options, payload) {
  return new Promise((resolve, reject) => {
    const request = coap.request({ host: '127.0.0.1', port, method, pathname, options })
    request.on('error', reject)
    request.on('response', response => {
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('end', () => resolve([response.code, Buffer.concat(parts).toString()]))
    })
    request.end(payload)
  })
}

/** Prints values until one of them is `last`. */
function observe (pathname, last) {
  return new Promise((resolve, reject) => {
    const request = coap.request({ host: '127.0.0.1', port, pathname, observe: true })
    request.on('error', reject)
    request.on('response', response => {
      response.on('error', reject)
      response.on('data', value => {
        say(value.toString())
        if (value.toString() === last) {
          response.close()
          resolve()
        }
      })
    })
    request.end()
  })
}

function say (value) {
  process.stdout.write(JSON.stringify(value) + '\n')
}

async function main () {
  const format = { 'Content-Format': 'text/plain' }
  const blocks = szx => ({ ...format, Block1: Buffer.of(szx) })
  say(await ask('GET', '/test', {}))
  say(await ask('POST', '/test', format, 'posted'))
  say(await ask('GET', '/large', { Block2: Buffer.of(2) }))
  say(await ask('GET', '/large', {}))
  say(await ask('PUT', '/large-update', blocks(3), text))
  say(await ask('POST', '/large-post', blocks(4), text))
  await observe('/obs', 'two')
}

main().then(() => process.exit(0), error => {
  say(String(error))
  process.exit(1)
})
