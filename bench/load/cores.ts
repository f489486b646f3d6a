/** Servers run here, alone, as long as one core is enough for them. */
export const serverCore = 0

/** The core that makes the load. */
export const loadCore = 1
