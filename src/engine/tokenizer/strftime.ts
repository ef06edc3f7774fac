// Dates as Python's strftime writes them in the C locale: chat templates print the current day, and a model knows the
// spelling it was trained with.

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July'].concat(
  ['August', 'September', 'October', 'November', 'December'], // prettier-ignore
);
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const digits = (value: number, length: number): string => value.toString().padStart(length, '0');
const hour12 = (date: Date): number => date.getHours() % 12 || 12;

function dayOfYear(date: Date): number {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - Date.UTC(date.getFullYear(), 0, 0)) / 86_400_000;
}

const codes: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => digits(date.getFullYear(), 4),
  y: (date) => digits(date.getFullYear() % 100, 2),
  m: (date) => digits(date.getMonth() + 1, 2),
  d: (date) => digits(date.getDate(), 2),
  e: (date) => date.getDate().toString().padStart(2),
  H: (date) => digits(date.getHours(), 2),
  I: (date) => digits(hour12(date), 2),
  M: (date) => digits(date.getMinutes(), 2),
  S: (date) => digits(date.getSeconds(), 2),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  j: (date) => digits(dayOfYear(date), 3),
  B: (date) => months[date.getMonth()] ?? '',
  b: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  A: (date) => days[date.getDay()] ?? '',
  a: (date) => (days[date.getDay()] ?? '').slice(0, 3),
  '%': () => '%',
};

/** Local time; a code it does not know stays as it is. */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(.)/g, (whole, code: string) => codes[code]?.(date) ?? whole);
}
