import { isIP } from 'node:net'
import * as z from 'zod'
import { must } from './refusal.ts'

/** What the server needs to send mail. */
export interface MailSettings {
  readonly smtp: SmtpSettings
  readonly from: Mailbox
}

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; without it the connection begins in plain text. */
  readonly isTls: boolean
  readonly login: { readonly user: string; readonly password: string } | undefined
}

export interface Mailbox {
  /** Empty where there is none. */
  readonly name: string
  readonly address: string
}

const form =
  'an address like smtp://user:password@mail.example:587 or smtps://user:password@mail.example, where user and ' +
  'password have / as %2F, ? as %3F, # as %23, @ as %40 and % as %25'

const usualPorts: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 }

/** Reads `SMTP_URL`. */
export function parseSmtpUrl(text: string): SmtpSettings {
  const url = URL.canParse(text) ? new URL(text) : must(form)
  const usualPort = usualPorts[url.protocol] ?? must(form)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isHost = isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)
  if (!isHost || url.port === '0' || /[?#]/.test(text) || !/^\/?$/.test(url.pathname)) must(form)
  const port = url.port === '' ? usualPort : Number(url.port)
  return { host, port, isTls: url.protocol === 'smtps:', login: parseLogin(url) }
}

function parseLogin({ username, password }: URL): SmtpSettings['login'] {
  if (username === '' && password === '') return undefined
  if (username === '' || password === '') must('an address with a user and a password, or with neither')
  return { user: decode(username), password: decode(password) }
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!/\p{Cc}/u.test(decoded)) return decoded
  } catch {
    // A % without its two digits.
  }
  return must(form)
}

/** Reads `MAIL_FROM`: an address, or a name before an address in angle brackets. */
export function parseMailFrom(text: string): Mailbox {
  const [, name = '', inBrackets] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? []
  const address = (inBrackets ?? text).trim()
  if (/\p{Cc}/u.test(text) || address.length > 254 || !z.regexes.html5Email.test(address)) {
    must('an email address like auth@example.com, or a name with one like Guestlist <auth@example.com>')
  }
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address }
}
