import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  bytesOfBase64,
  bytesOfDataUri,
  dataUriOf,
  pictureType,
  recordingType,
  textOfBytes,
} from '../../src/core/media/bytes.ts'
import { inWords, markOf, mediaName, putWords } from '../../src/core/media.ts'
import { PNG, uriOf, WAV } from '../support/media.ts'

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1')

test('what bytes are is told by how they begin', () => {
  const table: [Uint8Array, string | null, string | null][] = [
    [PNG, 'image/png', null],
    [latin('\xff\xd8\xff\xe0'), 'image/jpeg', null],
    [latin('GIF89a..'), 'image/gif', null],
    [latin('RIFF....WEBPVP8 '), 'image/webp', null],
    [WAV, null, 'audio/wav'],
    [latin('ID3\x04'), null, 'audio/mpeg'],
    [latin('\xff\xfb\x90'), null, 'audio/mpeg'],
    [latin('OggS'), null, 'audio/ogg'],
    [latin('fLaC'), null, 'audio/flac'],
    [latin('\x1a\x45\xdf\xa3'), null, 'audio/webm'],
    [latin('....ftypM4A '), null, 'audio/mp4'],
    // UTF-16 begins with set bits too
    [latin('\xff\xfeh\0i\0'), null, null],
    [latin('<svg xmlns="http://www.w3.org/2000/svg"/>'), null, null],
    [latin('%PDF-1.7'), null, null],
    [latin(''), null, null],
  ]
  for (const [bytes, picture, recording] of table) {
    assert.deepEqual([pictureType(bytes), recordingType(bytes)], [picture, recording])
  }
})

test('base64 is exactly that, or nothing', () => {
  for (const text of ['', ' ', 'a', 'QQ==\n', 'Q Q==', 'QQ===', 'Q-_Q', 'QR==', '====', 'QQ==QQ==']) {
    assert.equal(bytesOfBase64(text), null, JSON.stringify(text))
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const uri = dataUriOf('image/png', bytes)
      assert.deepEqual(Buffer.from(bytesOfDataUri(uri) ?? []), Buffer.from(bytes))
      assert.deepEqual(bytesOfDataUri(uri.replace(/=+$/, '')), bytesOfDataUri(uri))
    }),
  )
})

test('a data URI says base64, and its type does not count', () => {
  assert.ok(bytesOfDataUri(uriOf(PNG, 'text/html')))
  assert.ok(bytesOfDataUri('DATA:;BASE64,QQ=='))
  for (const uri of [
    'data:image/svg+xml,<svg/>',
    'data:image/png;base64',
    'data:QQ==',
    'http://a/;base64,QQ==',
    `data:${'a'.repeat(400)};base64,QQ==`,
  ]) {
    assert.equal(bytesOfDataUri(uri), null, uri.slice(0, 40))
  }
})

test('ten megabytes of anything are read or refused in one go', () => {
  const most = 10 * 1024 * 1024
  assert.equal(bytesOfBase64('='.repeat(most)), null)
  assert.equal(bytesOfBase64('\n'.repeat(most)), null)
  assert.equal(bytesOfDataUri(`data:${';'.repeat(most)}`), null)
  assert.equal(bytesOfBase64('A'.repeat(most))?.length, (most / 4) * 3)
  assert.equal(putWords('[Picture 1'.repeat(most / 10), new Map([['Picture 1', 'x']])).length, most)
})

test('a text is UTF-8 without zeros', () => {
  assert.equal(textOfBytes(Buffer.from('größer\n')), 'größer\n')
  assert.equal(textOfBytes(latin('gr\xf6\xdfer')), null)
  assert.equal(textOfBytes(latin('a\0b')), null)
})

test('words stand where the picture stood, and only there', () => {
  const name = mediaName('picture', 1, 'screen [1] (final).png')
  assert.equal(name, 'Picture 1 (screen 1 final .png)')
  assert.equal(mediaName('recording', 2, null), 'Recording 2')
  assert.equal(mediaName('picture', 3, ' \n\u202e'), 'Picture 3')
  const text = `make it look like ${markOf(name)}, not like ${markOf('Picture 2')} or [x]`
  const words = new Map([
    [name, ' A form. [Picture 2] '],
    ['Recording 2', 'unused'],
  ])
  assert.equal(
    putWords(text, words),
    `make it look like [${name}: A form. [Picture 2]], not like [Picture 2] or [x]`,
  )
  assert.equal(putWords(text, new Map()), text)
  assert.match(
    inWords('Recording 1', 'a'.repeat(30_000)),
    /^\[Recording 1: a{20000} … \(the rest is cut\)\]$/,
  )
})

test('whatever a picture is called, its mark is found again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 50 }), (label, number) => {
      const name = mediaName('picture', number, label)
      assert.equal(putWords(`a ${markOf(name)} b`, new Map([[name, 'seen']])), `a [${name}: seen] b`)
    }),
  )
})
