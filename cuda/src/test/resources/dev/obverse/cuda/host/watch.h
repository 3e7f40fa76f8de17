// Watches every access to memory that a kernel makes, as compute-sanitizer's memcheck, racecheck and initcheck do on a
// card. With -fsanitize=thread, g++ calls the __tsan functions before each access; these here take the place of its own.
//
// Two accesses of one launch to the same bytes, of which one writes, must be by the same thread, or in the same block
// with a barrier between them. That is judged from what the kernel says and not from the order in which threads ran.

// Who touched two bytes last: in which launch (of shared memory, in which block), and where there.
struct Access {
    unsigned launch, block;
    unsigned short thread, round;
};
struct Cell {
    Access write, read;
};

static const unsigned short MANY_THREADS = 0xffff;
static const unsigned MANY_BLOCKS = ~0u;

// Of a launch, that are watched besides those of its last block: between them are more of the same kind.
static const unsigned MOST_ACCESSES = 100000;

// ---- what was touched, by page

static const unsigned PAGES = 1 << 16;
static struct Page {
    uintptr_t number;
    Cell* cells;  // 32768 of them, for 64 KiB
} pages[PAGES];

static UNWATCHED Cell& cell(uintptr_t at) {
    uintptr_t number = at >> 16;
    for (unsigned i = (unsigned)(number * 2654435761u) % PAGES;; i = (i + 1) % PAGES) {
        Page& page = pages[i];
        if (!page.cells) page = {number, (Cell*)calloc(1 << 15, sizeof(Cell))};
        if (page.number == number) return page.cells[(at & 0xffff) >> 1];
    }
}

// ---- what may be touched

// First and last-but-one address of each block of the card's memory, ascending, behind their number.
static const uintptr_t* memory;

extern "C" UNWATCHED void watch(const uintptr_t* blocks) { memory = blocks; }

static UNWATCHED bool allocated(uintptr_t at, int bytes) {
    static uintptr_t last;  // where the access before this one was
    if (last > 0 && last <= memory[0] && at >= memory[2 * last - 1] && at + bytes <= memory[2 * last]) return true;
    uintptr_t low = 0, high = memory[0];
    while (low < high) {
        uintptr_t middle = (low + high) / 2;
        if (at < memory[1 + 2 * middle]) high = middle;
        else low = middle + 1;
    }
    last = low;
    return low > 0 && at + bytes <= memory[2 * low];
}

extern "C" __attribute__((visibility("hidden"))) char __ehdr_start, __bss_start, _end;

// ---- every access

static UNWATCHED bool ordered(const Access& first, const Access& second) {
    return first.block == second.block && (first.thread == second.thread || first.round < second.round);
}

static UNWATCHED void race(const char* what, const Access& a, const Access& b) {
    if (a.block != b.block) complain("race: blocks %d and %d %s the same place", a.block, b.block, what);
    complain("race: threads %d and %d of block %d %s the same place", (short)a.thread, (short)b.thread, b.block, what);
}

static UNWATCHED void touch(void* address, int bytes, bool writes) {
    static unsigned counted_launch;
    static unsigned accesses;
    if (counted_launch != launch) counted_launch = launch, accesses = 0;
    bool last_block = blockIdx.x + 1 == gridDim.x && blockIdx.y + 1 == gridDim.y;
    if (accesses++ > MOST_ACCESSES && !last_block) return;
    uintptr_t at = (uintptr_t)address;
    bool shared = at >= (uintptr_t)&__bss_start && at < (uintptr_t)&_end;
    if (!shared && !allocated(at, bytes)) {
        ptrdiff_t from_here = (char*)address - (char*)__builtin_frame_address(0);
        bool local = from_here > 0 && from_here < STACK;
        bool constant = !writes && at >= (uintptr_t)&__ehdr_start && at < (uintptr_t)&__bss_start;
        if (local || constant) return;
        complain("%s %d bytes outside of the card's memory", writes ? "writes" : "reads", bytes);
    }
    Access now = {shared ? block : launch, blockIdx.y * gridDim.x + blockIdx.x, (unsigned short)current,
                  (unsigned short)round_of_block};
    for (int i = 0; i < bytes; i += 2) {
        Cell& c = cell(at + i);
        bool written = c.write.launch == now.launch, read = c.read.launch == now.launch;
        if (written && !ordered(c.write, now)) race(writes ? "write" : "write and read", c.write, now);
        if (writes) {
            if (read && !ordered(c.read, now)) race("read and write", c.read, now);
            c.write = now;
            continue;
        }
        if (shared && !written) complain("reads shared memory that its block has not written");
        Access reader = now;
        if (read && c.read.block != now.block) reader.block = MANY_BLOCKS;
        else if (read && c.read.round == now.round && c.read.thread != now.thread) reader.thread = MANY_THREADS;
        c.read = reader;
    }
}

#define WATCH(BYTES)                                                                               \
    extern "C" UNWATCHED void __tsan_read##BYTES(void* at) { touch(at, BYTES, false); }            \
    extern "C" UNWATCHED void __tsan_write##BYTES(void* at) { touch(at, BYTES, true); }
WATCH(1)
WATCH(2)
WATCH(4)
WATCH(8)
WATCH(16)
extern "C" UNWATCHED void __tsan_read_range(void* at, long bytes) { touch(at, (int)bytes, false); }
extern "C" UNWATCHED void __tsan_write_range(void* at, long bytes) { touch(at, (int)bytes, true); }
extern "C" void __tsan_init() {}
extern "C" void __tsan_func_entry(void*) {}
extern "C" void __tsan_func_exit(void*) {}

// With -fsanitize=alignment, g++ calls this where a type's alignment is not kept.
extern "C" UNWATCHED void __ubsan_handle_type_mismatch_v1(void*, void*) { complain("an access is not aligned"); }
