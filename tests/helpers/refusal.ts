import { StartupError } from '../../db/startup-error.ts'
import { parseConfig } from '../../server/config.ts'

/** The line with which these settings stop the start; empty where they do not. */
export function refusalOf(settings: Record<string, string>): string {
  try {
    parseConfig(settings)
  } catch (error) {
    if (error instanceof StartupError) return error.message
    throw error
  }
  return ''
}
