import { freemem } from 'node:os'
import { readCgroupRoom } from './cgroup-memory.ts'
import { collectGarbage } from './collect-garbage.ts'
import { readLimit, readOwnMemory } from './process-limits.ts'
import { readText as readFromKernel } from './read-text.ts'

/**
 * The bytes that this process may still take before it is killed, or is given none: the least of what the machine has,
 * what its cgroups leave, and what limits of its own (setrlimit(2)) leave.
 */
export function readMemoryRoom({ readText = readFromKernel, freeMemory = freemem } = {}): number {
  return Math.min(
    freeMemory(),
    readCgroupRoom(readText),
    readLimit(readText, 'address space') - readOwnMemory(readText, 'VmSize'),
    readLimit(readText, 'data size') - readOwnMemory(readText, 'VmData'),
  )
}

/** The same for whoever asks for so much: where there is less, what loading has left behind is given back first. */
export function readRoomFor(wanted: number): number {
  const room = readMemoryRoom()
  if (room >= wanted) return room
  collectGarbage()
  return readMemoryRoom()
}
