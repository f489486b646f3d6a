/** A table of Markdown: the first column is text, the others are figures. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** As many digits as mean something; nothing where nothing was measured. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Math.abs(value) >= 100) return count(value)
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

export const count = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2)
