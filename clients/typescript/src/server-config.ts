/** What a sign-in page needs to know of the server. */
export interface ServerConfig {
  /** The length of passwords, in Unicode code points. */
  readonly password: { readonly minLength: number; readonly maxLength: number }
  readonly registration: { readonly inviteRequired: boolean }
  /** `byMail`: whether `requestPasswordReset` works; where it does not, the operator hands out reset codes. */
  readonly passwordReset: { readonly byMail: boolean }
  /** How people can sign in: `password`, and the names of other services. */
  readonly signInMethods: readonly string[]
}
