// Whether a process of this machine still runs, for files that name the process they belong to.
import process from 'node:process';

export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process of that number runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
