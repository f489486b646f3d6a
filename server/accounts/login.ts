import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { parseBody } from '../http/body.ts'
import { readOrigin } from '../http/origin.ts'
import { signIn } from './sign-in.ts'

const Input = z.strictObject({ email: z.string(), password: z.string() })

export const login =
  (deps: Deps): RequestHandler =>
  async (request, response) => {
    const { email, password } = parseBody(request, Input)
    response.json(await signIn(deps, { email, password, origin: readOrigin(request) }))
  }
