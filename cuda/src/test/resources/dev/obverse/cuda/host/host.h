// Lets an ordinary C++ compiler run kernels, for tests without a card: a block's threads are coroutines that take turns
// at every __syncthreads(), blocks come one after the other. It shows mistakes of arithmetic and indexing, and threads
// that do not meet at the same barrier; with watch.h, also races and accesses that a card forbids. It shows nothing
// about speed, or a card's own mathematical functions.
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define __global__
#define __device__
#define __shared__ static
#define UNWATCHED __attribute__((no_sanitize_thread))

struct alignas(16) float4 {
    float x, y, z, w;
};

struct alignas(8) ushort4 {
    unsigned short x, y, z, w;
};

struct Dim {
    unsigned x, y, z;
};

// In .data, which leaves .bss to __shared__ arrays.
#define DATA __attribute__((section(".data")))
static Dim threadIdx DATA, blockIdx DATA, blockDim DATA, gridDim DATA;

static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((uint64_t)a * b) >> 32); }

static inline float __int_as_float(int bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline float __uint_as_float(unsigned bits) { return __int_as_float((int)bits); }

static inline unsigned __float_as_uint(float value) {
    unsigned bits;
    memcpy(&bits, &value, 4);
    return bits;
}

#define MOST_THREADS 1024
#define STACK 32768

// Saves the registers that a function must keep on the stack, stores where they are, and goes on where `to` was left.
extern "C" void change_stack(void** save, void* to);
asm(R"(
    .text
    .hidden change_stack
    .globl change_stack
change_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

static void *scheduler, *fibers[MOST_THREADS];
static char* stacks;
static bool done[MOST_THREADS];
static int barrier[MOST_THREADS];  // the line of the source at which a thread waits
static unsigned current;
static void (*body)(void**);
static void** arguments;

// Blocks are counted through all launches; a launch has the number of its first one. Rounds lie between barriers.
static unsigned block, launch, round_of_block;
static char complaint[200];
static jmp_buf stop;

// Ends the launch; whoever started it gets the sentence.
template <typename... All>
[[noreturn]] static UNWATCHED void complain(const char* format, All... all) {
    snprintf(complaint, sizeof complaint, format, all...);
    longjmp(stop, 1);
}

static UNWATCHED void wait_at(int line) {
    barrier[current] = line;
    change_stack(&fibers[current], scheduler);
}

#define __syncthreads() wait_at(__LINE__)

static UNWATCHED void fiber() {
    body(arguments);
    done[current] = true;
    change_stack(&fibers[current], scheduler);
}

// A stack on which change_stack() finds six registers and returns into fiber().
static UNWATCHED void prepare(unsigned t) {
    void** top = (void**)(stacks + (size_t)(t + 1) * STACK);
    top[-2] = (void*)fiber;
    fibers[t] = top - 8;
    done[t] = false;
}

static UNWATCHED void turn(unsigned t) {
    current = t;
    threadIdx.x = t % blockDim.x;
    threadIdx.y = t / blockDim.x;
    threadIdx.z = 0;
    change_stack(&scheduler, fibers[t]);
}

// A block whose threads wait for each other.
static UNWATCHED void run_together(unsigned threads) {
    for (unsigned t = 0; t < threads; t++) prepare(t);
    for (; !done[0]; round_of_block++) {
        for (unsigned t = 0; t < threads; t++) {
            turn(t);
            if (done[t] != done[0]) complain("some threads return, others wait at line %d", barrier[done[t] ? 0 : t]);
            if (!done[t] && barrier[t] != barrier[0]) complain("threads wait at lines %d and %d", barrier[0], barrier[t]);
        }
    }
}

// Runs a kernel; `waits` says whether its threads wait for each other at all. Null, or what is wrong with the kernel.
static UNWATCHED const char* run(void (*kernel)(void**), bool waits, int grid, int grid_y, int block_x, int block_y,
                                 void** parameters) {
    body = kernel;
    arguments = parameters;
    gridDim.x = grid, gridDim.y = grid_y, gridDim.z = 1;
    blockDim.x = block_x, blockDim.y = block_y, blockDim.z = 1;
    blockIdx.z = 0;
    threadIdx.z = 0;
    if (!stacks) stacks = (char*)aligned_alloc(64, (size_t)MOST_THREADS * STACK);
    if (setjmp(stop)) return complaint;
    launch = block + 1;
    for (blockIdx.y = 0; blockIdx.y < (unsigned)grid_y; blockIdx.y++) {
        for (blockIdx.x = 0; blockIdx.x < (unsigned)grid; blockIdx.x++) {
            block++;
            round_of_block = 0;
            if (waits) {
                run_together(block_x * block_y);
                continue;
            }
            current = 0;
            for (threadIdx.y = 0; threadIdx.y < (unsigned)block_y; threadIdx.y++)
                for (threadIdx.x = 0; threadIdx.x < (unsigned)block_x; threadIdx.x++, current++) body(arguments);
        }
    }
    return NULL;
}

// Calls a kernel with parameters given as the driver takes them: the address of each.
template <typename... All>
struct Unpack {
    template <size_t... I>
    struct Indices {};
    template <size_t N, size_t... I>
    struct Make : Make<N - 1, N - 1, I...> {};
    template <size_t... I>
    struct Make<0, I...> {
        typedef Indices<I...> type;
    };
    template <size_t... I>
    static UNWATCHED void call(void (*kernel)(All...), void** p, Indices<I...>) {
        kernel(*(All*)p[I]...);
    }
};

template <typename... All>
static UNWATCHED void unpack(void (*kernel)(All...), void** p) {
    Unpack<All...>::call(kernel, p, typename Unpack<All...>::template Make<sizeof...(All)>::type());
}

#define HOST_KERNEL(NAME, WAITS)                                                                                 \
    static UNWATCHED void call_##NAME(void** p) { unpack(NAME, p); }                                             \
    extern "C" UNWATCHED const char* run_##NAME(int grid, int grid_y, int block_x, int block_y, void** p) {      \
        return run(call_##NAME, WAITS, grid, grid_y, block_x, block_y, p);                                       \
    }
