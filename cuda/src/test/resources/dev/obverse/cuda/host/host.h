// Lets an ordinary C++ compiler run kernels, for tests without a card: a block's threads are coroutines that take turns
// at every __syncthreads(), blocks come one after the other. It shows mistakes of arithmetic and indexing, and nothing
// about races, alignment, speed, or a card's own mathematical functions.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define __global__
#define __device__
#define __shared__ static

struct float4 {
    float x, y, z, w;
};

struct ushort4 {
    unsigned short x, y, z, w;
};

struct Dim {
    unsigned x, y, z;
};

static Dim threadIdx, blockIdx, blockDim, gridDim;

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
static unsigned current;
static void (*body)(void**);
static void** arguments;

static inline void __syncthreads() { change_stack(&fibers[current], scheduler); }

static void fiber() {
    body(arguments);
    done[current] = true;
    change_stack(&fibers[current], scheduler);
}

// A stack on which change_stack() finds six registers and returns into fiber().
static void prepare(unsigned t) {
    void** top = (void**)(stacks + (size_t)(t + 1) * STACK);
    top[-2] = (void*)fiber;
    fibers[t] = top - 8;
    done[t] = false;
}

static void turn(unsigned t) {
    current = t;
    threadIdx.x = t % blockDim.x;
    threadIdx.y = t / blockDim.x;
    threadIdx.z = 0;
    change_stack(&scheduler, fibers[t]);
}

// Runs a kernel; `waits` says whether its threads wait for each other at all.
static void run(void (*kernel)(void**), bool waits, int grid, int grid_y, int block_x, int block_y, void** parameters) {
    body = kernel;
    arguments = parameters;
    gridDim.x = grid, gridDim.y = grid_y, gridDim.z = 1;
    blockDim.x = block_x, blockDim.y = block_y, blockDim.z = 1;
    blockIdx.z = 0;
    unsigned threads = block_x * block_y;
    if (!stacks) stacks = (char*)aligned_alloc(64, (size_t)MOST_THREADS * STACK);
    for (blockIdx.y = 0; blockIdx.y < (unsigned)grid_y; blockIdx.y++) {
        for (blockIdx.x = 0; blockIdx.x < (unsigned)grid; blockIdx.x++) {
            if (!waits) {
                threadIdx.z = 0;
                for (threadIdx.y = 0; threadIdx.y < (unsigned)block_y; threadIdx.y++)
                    for (threadIdx.x = 0; threadIdx.x < (unsigned)block_x; threadIdx.x++) body(arguments);
                continue;
            }
            for (unsigned t = 0; t < threads; t++) prepare(t);
            for (unsigned left = threads; left > 0;) {
                left = 0;
                for (unsigned t = 0; t < threads; t++) {
                    if (!done[t]) turn(t);
                    if (!done[t]) left++;
                }
            }
        }
    }
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
    static void call(void (*kernel)(All...), void** p, Indices<I...>) {
        kernel(*(All*)p[I]...);
    }
};

template <typename... All>
static void unpack(void (*kernel)(All...), void** p) {
    Unpack<All...>::call(kernel, p, typename Unpack<All...>::template Make<sizeof...(All)>::type());
}

#define HOST_KERNEL(NAME, WAITS)                                                                                 \
    static void call_##NAME(void** p) { unpack(NAME, p); }                                                       \
    extern "C" void run_##NAME(int grid, int grid_y, int block_x, int block_y, void** p) {                       \
        run(call_##NAME, WAITS, grid, grid_y, block_x, block_y, p);                                              \
    }
