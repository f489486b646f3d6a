import { type Check, NotChecked, warning } from '../check.ts'

export const fileOwner: Check = {
  name: 'file-owner',
  healthy: 'the data file belongs to the user that runs this',
  run(setup) {
    const { uid } = setup.getStats()
    const { userId } = setup
    if (userId === undefined) throw new NotChecked('files have no owner here')
    if (uid === userId) return []
    const message = `the data file belongs to user ${uid}, and this runs as user ${userId}`
    return [warning(message, 'run the server and its commands as one user, the owner of the file')]
  },
}
