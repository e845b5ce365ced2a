const std = @import("std");
const gpa = std.heap.wasm_allocator;

export fn alloc(len: usize) ?[*]u8 {
    const bytes = gpa.alloc(u8, len) catch return null;
    return bytes.ptr;
}
export fn dealloc(ptr: [*]u8, len: usize) void {
    gpa.free(ptr[0..len]);
}
/// A slice packed into 64 bits, which is the caller's to free.
export fn greet(ptr: [*]const u8, len: usize) u64 {
    const out = std.fmt.allocPrint(gpa, "hello, {s}!", .{ptr[0..len]}) catch return 0;
    return @as(u64, @intFromPtr(out.ptr)) << 32 | out.len;
}
/// The same text again: of nothing, an address that is nowhere.
export fn same(ptr: [*]const u8, len: usize) u64 {
    const out = gpa.dupe(u8, ptr[0..len]) catch return 0;
    return @as(u64, @intFromPtr(out.ptr)) << 32 | out.len;
}
export fn count(ptr: [*]const u8, len: usize) u32 {
    return @intCast(std.unicode.utf8CountCodepoints(ptr[0..len]) catch 0);
}
/// The usual C string.
export fn shout(text: [*:0]const u8) ?[*:0]u8 {
    const all = std.mem.span(text);
    const out = gpa.allocSentinel(u8, all.len, 0) catch return null;
    for (all, 0..) |c, i| out[i] = std.ascii.toUpper(c);
    return out;
}
export fn free_text(text: [*:0]u8) void {
    gpa.free(std.mem.span(text));
}
export fn sum(ptr: [*]const f64, len: usize) f64 {
    var all: f64 = 0;
    for (ptr[0..len]) |x| all += x;
    return all;
}
const Point = extern struct { x: i32, y: i32 };
export fn swap(p: *const Point) Point {
    return .{ .x = p.y, .y = p.x };
}
extern "host" fn log(level: u32, ptr: [*]const u8, len: usize) void;
export fn run(ptr: [*]const u8, len: usize) void {
    log(1, ptr, len);
}
