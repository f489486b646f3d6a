import { betterAuth } from './better-auth.ts'
import { plain } from './plain.ts'
import { pocketbase } from './pocketbase.ts'
import type { Source } from './source.ts'
import { supabase } from './supabase.ts'

export const sourceNames = ['plain', 'pocketbase', 'supabase', 'better-auth'] as const

export const sources: Record<(typeof sourceNames)[number], Source> = {
  plain,
  pocketbase,
  supabase,
  'better-auth': betterAuth,
}
