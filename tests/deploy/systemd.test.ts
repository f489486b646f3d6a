import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { getBinary, isRoot, waitForAddress, waitForInvite } from '../helpers/binary.ts'
import { bootSystemd, canBootSystemd } from '../helpers/boot-systemd.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { hasTool, leaveOut } from '../helpers/tools.ts'

const unitFile = join(projectFolder, 'deploy', 'guestlist.service')
const unit = readFileSync(unitFile, 'utf8')
const mostExposure = 2

test('systemd finds nothing wrong with the unit', (t) => {
  if (!hasTool(t, 'systemd-analyze')) return
  const file = join(temporaryFolder(t), 'guestlist.service')
  // It looks for the program, which is not installed here.
  writeFileSync(file, unit.replace('/usr/local/bin/guestlist', process.execPath))
  t.is(execFileSync('systemd-analyze', ['verify', '--recursive-errors=no', file], { encoding: 'utf8' }), '')
})

test('systemd rates the exposure of the unit low', (t) => {
  if (!hasTool(t, 'systemd-analyze')) return
  const args = ['security', '--offline=true', '--no-pager', unitFile]
  const report = execFileSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, LANG: 'C.UTF-8' } })
  const [, exposure] = /Overall exposure level for \S+: (\d+\.\d+)/.exec(report) ?? []
  t.log(`exposure: ${exposure} of 10`)
  t.true(Number(exposure) < mostExposure, report)
})

test('a systemd that is booted for it runs the unit: it serves, makes a backup and stops, without any right', async (t) => {
  if (!isRoot) return leaveOut(t, 'only root can boot a systemd')
  if (!hasTool(t, 'systemctl') || !hasTool(t, 'nsenter') || !canBootSystemd(t)) return
  const program = await getBinary(t)
  if (program === undefined) return
  t.timeout(30_000, 'the unit does not start')
  const etc = {
    'systemd/system/guestlist.service': unit,
    'guestlist.env': 'PORT=0\nPUBLIC_URL=https://auth.chat.example\nBACKUP_EVERY=1d\n',
    passwd: 'root:x:0:0::/root:/bin/sh\nguestlist:x:990:990::/var/lib/guestlist:/usr/sbin/nologin\n',
    group: 'root:x:0:\nguestlist:x:990:\n',
  }
  const booted = await bootSystemd(t, { unit: 'guestlist.service', program, etc })
  const url = await waitForAddress(booted)
  t.is((await send(url, 'GET', '/readyz')).status, 200)
  const body = registration({ inviteCode: await waitForInvite(booted) })
  t.is((await send(url, 'POST', '/api/auth/register', { body })).status, 201)
  const login = { email: 'alice@example.com', password: goodPassword }
  t.is((await send(url, 'POST', '/api/auth/login', { body: login })).status, 200)
  await booted.waitFor(/"msg":"backup made and proven"/)
  const show = async (name: string): Promise<string> =>
    (await booted.run('systemctl', 'show', '--value', `--property=${name}`, 'guestlist.service')).trim()
  const status = await booted.run('cat', `/proc/${await show('MainPID')}/status`)
  for (const line of [/^Uid:\s+990\s/m, /^CapBnd:\s+0{16}$/m, /^CapEff:\s+0{16}$/m]) t.regex(status, line)
  for (const line of [/^NoNewPrivs:\s+1$/m, /^Seccomp:\s+2$/m]) t.regex(status, line)
  const modes = await booted.run('stat', '--format=%U %a %n', '/var/lib/guestlist', '/var/cache/guestlist/addon')
  t.is(modes, 'guestlist 700 /var/lib/guestlist\nguestlist 700 /var/cache/guestlist/addon\n')
  await booted.run('systemctl', 'stop', 'guestlist.service')
  t.deepEqual([await show('Result'), await show('ExecMainStatus')], ['success', '0'])
})
