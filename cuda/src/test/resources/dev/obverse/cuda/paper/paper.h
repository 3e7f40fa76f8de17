// A card that exists on paper only: CUDA's driver, NVRTC, cuBLAS and cuDNN as far as this library calls them, written
// from NVIDIA's documentation, so that everything we say to them, through JCuda's own native libraries, can be checked
// where there is no card. Six cards; memory is ordinary memory, kernels are compiled by g++ with host.h.
//
// It is strict where a card is merely undefined: work runs as late as the documentation allows, so memory that is
// written again or freed too early shows; freed memory is unmapped; a call without a current context, on a stream of
// another context, or not allowed while a stream is captured, fails. It says nothing about speed, and nothing about what
// NVIDIA's libraries do beyond their documentation.
//
// This header is what all of it shares: what a card has, and the checks that every call makes. Beside it, driver.cpp,
// memory.cpp, streams.cpp, nvrtc.cpp, cublas.cpp and cudnn.cpp, each what it is named after.
#pragma once

#include <string.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

typedef unsigned long long Address;
typedef std::function<void()> Work;

enum { INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600 };
enum { CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, CAPTURED_EVENT = 907 };

static const int CARDS = 6;
static const size_t MEMORY = (size_t)6 << 30;

struct Graph {
    std::vector<Work> nodes;
};

struct Context {
    int card;
    int retained;
    size_t used;
};

struct Stream {
    Context* context;
    std::vector<Work> waiting;
    size_t done;  // of all work ever started, what has run; waiting[0] is the next
    std::unique_ptr<Graph> capture;
    bool invalidated;

    size_t started() const { return done + waiting.size(); }

    // Runs what was started, up to a number.
    void runUntil(size_t number) {
        size_t n = 0;
        while (done < number && n < waiting.size()) {
            waiting[n++]();
            done++;
        }
        waiting.erase(waiting.begin(), waiting.begin() + n);
    }

    void start(Work work) {
        if (capture) capture->nodes.push_back(work);
        else waiting.push_back(work);
    }

    // For calls that are not allowed while capturing: 0, or what the caller is told.
    int refuse() {
        if (!capture) return 0;
        invalidated = true;
        return CAPTURE_UNSUPPORTED;
    }
};

struct Block {
    Context* context;
    size_t bytes, mapped;
    char* start;
};

inline std::recursive_mutex everything;
inline Context contexts[CARDS];
inline thread_local Context* current;
inline std::set<Stream*> streams;
inline std::map<Address, Block> blocks, pinned;
inline bool initialized;

// First in every call that needs a card: one at a time, and a thread without a context hears so.
#define ENTER                                               \
    std::lock_guard<std::recursive_mutex> lock(everything); \
    if (!initialized) return 3;                             \
    if (!current || !current->retained) return INVALID_CONTEXT;

// Null for what is no stream of the current context.
inline Stream* stream_of(void* handle) {
    Stream* s = (Stream*)handle;
    return streams.count(s) && s->context == current ? s : nullptr;
}

// Whether an array lies in one block of the current context.
inline bool inside(const std::map<Address, Block>& in, Address at, size_t bytes) {
    auto after = in.upper_bound(at);
    if (after == in.begin()) return false;
    const auto& found = *--after;
    return found.second.context == current && at + bytes <= found.first + found.second.bytes;
}
