// Prints what the TypeScript client's watchPresence() tells, an event a line.
import { GuestlistClient } from '../../typescript/dist/index.js'

const { GUESTLIST_URL: baseUrl, GUESTLIST_TOKEN: token } = process.env
const client = new GuestlistClient({ baseUrl, token })
for await (const event of client.watchPresence()) console.log(JSON.stringify(event))
