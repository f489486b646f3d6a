/** Only the button sends anything. */
export const resetPageScript = `const form = document.querySelector('form')
const { code, password, shown } = form.elements
const button = form.querySelector('button')
const codeRow = document.getElementById('code-row')
const problem = document.getElementById('problem')
const done = document.getElementById('done')

/** Out of the link, and out of the address bar and the history. */
function takeCode() {
  const found = new URLSearchParams(location.hash.slice(1)).get('code')
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search)
  if (found) code.value = found
  codeRow.hidden = code.value !== ''
}

/** What the server said against it; undefined when the password is set. */
async function setPassword() {
  try {
    const response = await fetch('api/auth/password/reset', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: code.value, password: password.value }),
    })
    return response.ok ? undefined : await response.json()
  } catch {
    return { detail: 'The server did not answer. Try again.' }
  }
}

takeCode()
addEventListener('hashchange', takeCode)

shown.addEventListener('change', () => {
  password.type = shown.checked ? 'text' : 'password'
})

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  problem.textContent = ''
  const refusal = await setPassword()
  button.disabled = false
  if (refusal === undefined) {
    form.reset()
    form.hidden = true
    done.hidden = false
    done.focus()
    return
  }
  problem.textContent = refusal.detail
  if (refusal.code === 'reset_code_invalid') codeRow.hidden = false
})
`

export const resetPageStyle = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 2rem auto; padding: 0 1rem }
label, small { display: block }
input:not([type=checkbox]) { width: 100%; box-sizing: border-box; padding: 0.5rem; font: inherit }
input[type=checkbox] + label { display: inline }
button { padding: 0.5rem 1rem; font: inherit }
#problem { color: light-dark(#b00020, #ff8a80) }
`
