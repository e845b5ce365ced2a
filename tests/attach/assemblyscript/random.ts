export function dice(): f64 { return Math.random(); }
