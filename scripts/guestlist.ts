#!/usr/bin/env node
// The command-line tool: guestlist COMMAND. Each command is a file of its own, listed in cli/program.ts.
import { runProgram } from './cli/program.ts'

void runProgram(process.argv.slice(2))
