import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type RequestOptions as ConnectOptions, request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ExecutionContext } from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import type { Answer } from './send.ts'
import { temporaryFolder } from './start-server.ts'

/** The name that the files in deploy/ have it serve. */
export const siteName = 'auth.chat.example'

export interface Certificate {
  readonly certificateFile: string
  readonly keyFile: string
}

export interface Place extends Certificate {
  readonly folder: string
  /** Where the proxy is to listen. */
  readonly port: number
  /** Where Guestlist listens. */
  readonly upstreamPort: number
}

/** A proxy that runs, and how a client at one of loopback's addresses connects to it. */
export interface Front {
  readonly url: string
  readonly connectFrom: (address: string) => ConnectOptions
}

export interface FrontRequest {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string | string[]>
}

/** What a proxy needs: a folder, a certificate, a port. */
export async function preparePlace(t: ExecutionContext, upstream: string): Promise<Place> {
  const folder = temporaryFolder(t)
  const certificate = makeCertificate(folder)
  return { folder, ...certificate, port: await findFreePort(), upstreamPort: Number(new URL(upstream).port) }
}

export function frontAt({ port, certificateFile }: Place): Front {
  const ca = readFileSync(certificateFile)
  return {
    url: `https://127.0.0.1:${port}`,
    connectFrom: (localAddress) => ({
      localAddress,
      ca,
      servername: siteName,
      agent: false,
      headers: { host: siteName },
    }),
  }
}

/** One request through the proxy, over TLS, from one of loopback's addresses: each is a client of its own. */
export async function sendFrom(
  { url, connectFrom }: Front,
  address: string,
  method: string,
  path: string,
  { token, body, headers }: FrontRequest = {},
): Promise<Answer> {
  const connect = connectFrom(address)
  const options = {
    ...connect,
    method,
    headers: {
      ...connect.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  }
  return await new Promise((resolve, reject) => {
    const sent = request(url + path, options, async (response) => {
      const answered = await text(response)
      const isJson = /^application\/(problem\+)?json/.test(response.headers['content-type'] ?? '')
      resolve({
        status: response.statusCode ?? 0,
        headers: new Headers(response.headers as Record<string, string>),
        text: answered,
        body: isJson ? JSON.parse(answered) : undefined,
      })
    })
    sent.once('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function makeCertificate(folder: string): Certificate {
  const certificateFile = join(folder, 'certificate.pem')
  const keyFile = join(folder, 'key.pem')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
  const names = ['-subj', `/CN=${siteName}`, '-addext', `subjectAltName=DNS:${siteName}`]
  execFileSync('openssl', ['req', '-x509', ...key, ...names, '-days', '1', '-out', certificateFile], { stdio: 'pipe' })
  return { certificateFile, keyFile }
}
