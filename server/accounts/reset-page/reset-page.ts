import type { Config } from '../../config.ts'
import { passwordMaxLength } from '../../passwords/password-rules.ts'

/**
 * Where the link of the mail leads. Opening it changes nothing, its script neither: mail scanners do both. Addresses are
 * relative: behind a proxy the server may lie under a path.
 */
export const resetPage = ({ passwordMinLength }: Config): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>Set a new password</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="reset-password/page.css">
    <script type="module" src="reset-password/page.js"></script>
  </head>
  <body>
    <main>
      <h1>Set a new password</h1>
      <noscript><p>This page needs JavaScript: allow it, then open the link of the mail again.</p></noscript>
      <form method="post">
        <p id="code-row">
          <label for="code">The code from the mail</label>
          <input id="code" name="code" required maxlength="200" autocomplete="one-time-code" autocapitalize="characters"
            spellcheck="false">
        </p>
        <p>
          <label for="password">New password</label>
          <input id="password" name="password" type="password" required autocomplete="new-password"
            aria-describedby="rule">
          <small id="rule">${passwordMinLength} to ${passwordMaxLength} characters: a few words do.</small>
        </p>
        <p>
          <input id="shown" type="checkbox">
          <label for="shown">Show it</label>
        </p>
        <p id="problem" role="alert"></p>
        <p><button>Set the password</button></p>
      </form>
      <p id="done" tabindex="-1" hidden>
        Your new password is set, and you have been signed out everywhere. Sign in with it now; you can close this page.
      </p>
    </main>
  </body>
</html>
`
