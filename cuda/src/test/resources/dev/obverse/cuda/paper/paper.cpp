// A card that exists on paper only: CUDA's driver, NVRTC, cuBLAS and cuDNN as far as this library calls them, written
// from NVIDIA's documentation, so that everything we say to them, through JCuda's own native libraries, can be checked
// where there is no card. Six cards; memory is ordinary memory, kernels are compiled by g++ with host.h.
//
// It is strict where a card is merely undefined: work runs as late as the documentation allows, so memory that is
// written again or freed too early shows; freed memory is unmapped; a call without a current context, on a stream of
// another context, or not allowed while a stream is captured, fails. It says nothing about speed, and nothing about what
// NVIDIA's libraries do beyond their documentation.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
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

    int refuse() {
        if (!capture) return 0;
        invalidated = true;
        return CAPTURE_UNSUPPORTED;
    }
};

struct Event {
    Context* context;
    bool timing;
    bool captured;
    Stream* stream;
    size_t at;
};

struct Block {
    Context* context;
    size_t bytes, mapped;
    char* start;
};

static std::recursive_mutex everything;
static Context contexts[CARDS];
static thread_local Context* current;
static std::set<Stream*> streams;
static std::map<Address, Block> blocks, pinned;
static bool initialized;

#define ENTER                                            \
    std::lock_guard<std::recursive_mutex> lock(everything); \
    if (!initialized) return 3;                          \
    if (!current || !current->retained) return INVALID_CONTEXT;

static Stream* stream_of(void* handle) {
    Stream* s = (Stream*)handle;
    return streams.count(s) && s->context == current ? s : nullptr;
}

static bool inside(const std::map<Address, Block>& in, Address at, size_t bytes) {
    auto after = in.upper_bound(at);
    if (after == in.begin()) return false;
    const auto& found = *--after;
    return found.second.context == current && at + bytes <= found.first + found.second.bytes;
}

// ---- the driver

API int cuInit(unsigned flags) {
    initialized = flags == 0;
    return flags != 0;
}
API int cuDriverGetVersion(int* version) { return *version = 12060, 0; }
API int cuDeviceGetCount(int* count) { return *count = CARDS, initialized ? 0 : 3; }
API int cuDeviceGet(int* device, int ordinal) {
    if (ordinal < 0 || ordinal >= CARDS) return 101;
    return *device = ordinal + 40, 0;  // a device is a handle, not its number
}
API int cuDeviceGetName(char* name, int length, int device) { return snprintf(name, length, "Paper %d", device - 40), 0; }
API int cuDeviceGetAttribute(int* value, int which, int device) {
    if (device < 40) return 101;
    *value = which == 75 ? 9 : 0;
    return which == 75 || which == 76 ? 0 : INVALID_VALUE;
}
API int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = MEMORY, 0; }
API int cuDevicePrimaryCtxRetain(void** context, int device) {
    if (device < 40 || device >= 40 + CARDS) return 101;
    auto c = &contexts[device - 40];
    c->card = device - 40;
    c->retained++;
    *context = c;
    return 0;
}
API int cuDevicePrimaryCtxRelease_v2(int device) { return contexts[device - 40].retained--, 0; }
API int cuCtxSetCurrent(void* context) { return current = (Context*)context, 0; }
API int cuGetErrorString(int status, const char** text) {
    static std::map<int, std::string> texts;
    *text = (texts[status] = "paper's status " + std::to_string(status)).c_str();
    return 0;
}

API int cuStreamCreate(void** stream, unsigned flags) {
    ENTER;
    if (flags > 1) return INVALID_VALUE;
    auto s = new Stream{current, {}, 0, nullptr, false};
    streams.insert(s);
    *stream = s;
    return 0;
}
API int cuStreamSynchronize(void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (int status = s->refuse()) return status;
    s->runUntil(s->started());
    return 0;
}
API int cuStreamDestroy_v2(void* stream) {
    int status = cuStreamSynchronize(stream);
    if (!status) streams.erase((Stream*)stream);
    return status;
}

API int cuEventCreate(void** event, unsigned flags) {
    ENTER;
    *event = new Event{current, (flags & 2) == 0, false, nullptr, 0};
    return 0;
}
API int cuEventRecord(void* event, void* stream) {
    ENTER;
    auto e = (Event*)event;
    auto s = stream_of(stream);
    if (!s || e->context != current) return INVALID_HANDLE;
    e->captured = (bool)s->capture;
    e->stream = s;
    e->at = s->started();
    return 0;
}
API int cuEventSynchronize(void* event) {
    ENTER;
    auto e = (Event*)event;
    if (e->captured) return CAPTURED_EVENT;
    if (e->stream) {
        e->stream->runUntil(e->at);
    }
    return 0;
}
API int cuEventElapsedTime(float* milliseconds, void* first, void* second) {
    ENTER;
    auto a = (Event*)first, b = (Event*)second;
    if (!a->timing || !b->timing || !a->stream || !b->stream) return INVALID_HANDLE;
    if (a->stream->done < a->at || b->stream->done < b->at) return NOT_READY;
    *milliseconds = (float)(b->at - a->at);
    return 0;
}
API int cuEventDestroy_v2(void* event) { return delete (Event*)event, 0; }

// At the end of its pages, the next of which is not there; full of garbage.
static Address block(std::map<Address, Block>& in, size_t bytes, size_t alignment) {
    size_t page = 4096, usable = (bytes + alignment - 1) / alignment * alignment;
    size_t pages = (usable + page - 1) / page * page;
    char* start = (char*)mmap(nullptr, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return 0;
    mprotect(start + pages, page, PROT_NONE);
    auto address = (Address)(start + pages - usable);
    if (bytes <= (64u << 20)) memset((void*)address, 0x7f, usable);
    in[address] = {current, bytes, pages + page, start};
    return address;
}
static int unblock(std::map<Address, Block>& in, Address address) {
    auto found = in.find(address);
    if (found == in.end() || found->second.context != current) return INVALID_VALUE;
    for (auto s : streams)
        if (s->context == current && !s->capture) s->runUntil(s->started());  // freeing waits
    munmap(found->second.start, found->second.mapped);
    in.erase(found);
    return 0;
}

API int cuMemAlloc_v2(Address* address, size_t bytes) {
    ENTER;
    if (bytes == 0) return INVALID_VALUE;
    if (current->used + bytes > MEMORY) return OUT_OF_MEMORY;
    *address = block(blocks, bytes, 256);
    if (!*address) return OUT_OF_MEMORY;
    current->used += bytes;
    return 0;
}
API int cuMemFree_v2(Address address) {
    ENTER;
    auto found = blocks.find(address);
    size_t bytes = found == blocks.end() ? 0 : found->second.bytes;
    int status = unblock(blocks, address);
    if (!status) current->used -= bytes;
    return status;
}
API int cuMemGetInfo_v2(size_t* free, size_t* total) {
    ENTER;
    *free = MEMORY - current->used;
    *total = MEMORY;
    return 0;
}
API int cuMemAllocHost_v2(void** address, size_t bytes) {
    ENTER;
    *address = (void*)block(pinned, bytes, 4096);
    return *address ? 0 : OUT_OF_MEMORY;
}
API int cuMemFreeHost(void* address) {
    ENTER;
    return unblock(pinned, (Address)address);
}
API int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    // from memory that is not pinned a card would copy at once; we have no such transfer
    if (!inside(blocks, to, bytes) || !inside(pinned, (Address)from, bytes)) return INVALID_VALUE;
    s->start([=] { memcpy((void*)to, from, bytes); });
    return 0;
}
API int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (!inside(blocks, from, bytes) || !inside(pinned, (Address)to, bytes)) return INVALID_VALUE;
    memset(to, 0x7f, bytes);  // whoever reads before the copy shall see
    s->start([=] { memcpy(to, (void*)from, bytes); });
    return 0;
}
API int cuMemsetD8Async(Address to, unsigned char value, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (!inside(blocks, to, bytes)) return INVALID_VALUE;
    s->start([=] { memset((void*)to, value, bytes); });
    return 0;
}

struct Function {
    Context* context;
    void (*run)(int, int, int, int, void**);
    void** (*save)(void**);
};

API int cuModuleLoadData(void** module, const void* image) {
    ENTER;
    if (*(const unsigned char*)image != '@') return 200;
    std::string path((const char*)image + 1);
    *module = dlopen(path.substr(0, path.find('\n')).c_str(), RTLD_NOW);
    if (!*module) fprintf(stderr, "%s\n", dlerror());
    return *module ? 0 : 200;
}
API int cuModuleGetFunction(void** function, void* module, const char* name) {
    ENTER;
    std::string n = name;
    auto f = new Function{current, (void (*)(int, int, int, int, void**))dlsym(module, ("run_" + n).c_str()),
                          (void** (*)(void**))dlsym(module, ("save_" + n).c_str())};
    *function = f;
    return f->run && f->save ? 0 : NOT_FOUND;
}
API int cuModuleUnload(void*) { return 0; }
API int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                       unsigned shared, void* stream, void** parameters, void** extra) {
    ENTER;
    auto s = stream_of(stream);
    auto f = (Function*)function;
    if (!s || f->context != current) return INVALID_HANDLE;
    if (extra || shared || gx < 1 || gx > 0x7fffffff || gy < 1 || gy > 65535 || gz != 1 || bx < 1 || bx * by * bz > 1024 || bz != 1)
        return INVALID_VALUE;
    void** saved = f->save(parameters);  // a launch copies its parameters
    s->start([=] { f->run(gx, gy, bx, by, saved); });
    return 0;
}

API int cuStreamBeginCapture_v2(void* stream, int mode) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (s->capture || mode < 0 || mode > 2) return INVALID_VALUE;
    s->capture.reset(new Graph());
    s->invalidated = false;
    return 0;
}
API int cuStreamEndCapture(void* stream, void** graph) {
    ENTER;
    auto s = stream_of(stream);
    *graph = nullptr;
    if (!s || !s->capture) return INVALID_VALUE;
    *graph = s->invalidated ? nullptr : s->capture.get();
    if (*graph) s->capture.release();
    s->capture.reset();
    return *graph ? 0 : CAPTURE_INVALIDATED;
}
API int cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long flags) {
    ENTER;
    if (flags || !graph) return INVALID_VALUE;
    *exec = new Graph(*(Graph*)graph);
    return 0;
}
API int cuGraphDestroy(void* graph) { return delete (Graph*)graph, 0; }
API int cuGraphExecDestroy(void* exec) { return delete (Graph*)exec, 0; }
API int cuGraphLaunch(void* exec, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    for (const auto& node : ((Graph*)exec)->nodes) s->start(node);
    return 0;
}

// ---- NVRTC: g++

struct Program {
    std::string source, name, path, log;
};

static const char* WRAPPERS = R"(
#include <tuple>
template <typename... All>
struct Saved {
    std::tuple<All...> values;
    void* at[sizeof...(All)];
    template <size_t I>
    void point() {
        at[I] = &std::get<I>(values);
        if constexpr (I + 1 < sizeof...(All)) point<I + 1>();
    }
};
template <typename... All, size_t... I>
static void** saved(void (*)(All...), void** p, std::index_sequence<I...>) {
    auto s = new Saved<All...>{{*(All*)p[I]...}, {}};
    s->template point<0>();
    return s->at;
}
template <typename... All>
static void** save(void (*kernel)(All...), void** p) {
    return saved(kernel, p, std::index_sequence_for<All...>());
}
#define SAVED_KERNEL(NAME) extern "C" void** save_##NAME(void** p) { return save(NAME, p); }
)";

static std::string said(const std::string& command) {
    std::string text;
    char part[4096];
    auto pipe = popen((command + " 2>&1").c_str(), "r");
    while (pipe && fgets(part, sizeof part, pipe)) text += part;
    int status = pipe ? pclose(pipe) : 1;
    return (status ? "!" : " ") + text;
}

API int nvrtcVersion(int* major, int* minor) { return *major = 12, *minor = 6, 0; }
API const char* nvrtcGetErrorString(int status) { return status == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR"; }
API int nvrtcCreateProgram(void** program, const char* source, const char* name, int headers, const char* const*, const char* const*) {
    if (headers) return 3;
    return *program = new Program{source, name ? name : "", "", ""}, 0;
}
API int nvrtcCompileProgram(void* program, int count, const char* const* options) {
    auto p = (Program*)program;
    if (count != 1 || strcmp(options[0], "--gpu-architecture=sm_90")) return 5;
    std::string folder = getenv("PAPER_FOLDER"), base = folder + "/" + p->name;
    std::ofstream(base + ".plain.cpp") << p->source;
    // names, after the macros: NVRTC needs no list of kernels
    auto kernels = said("g++ -E -P -w " + base + ".plain.cpp | grep -oE 'extern \"C\" __global__ void [A-Za-z0-9_]+' | awk '{print $5}'");
    std::ofstream out(base + ".cpp");
    out << "#include <utility>\n#include <stddef.h>\n" << WRAPPERS << "\n" << std::ifstream(folder + "/host.h").rdbuf() << p->source << "\n";
    const char* waits = p->source.find("__shared__ ") == std::string::npos ? "false" : "true";
    size_t at = 1;
    for (size_t end; (end = kernels.find('\n', at)) != std::string::npos; at = end + 1) {
        auto name = kernels.substr(at, end - at);
        out << "HOST_KERNEL(" << name << ", " << waits << ")\nSAVED_KERNEL(" << name << ")\n";
    }
    out.close();
    p->path = base + "." + std::to_string(getpid()) + ".so";
    p->log = said("g++ -std=c++17 -O2 -w -ffp-contract=fast -mfma -shared -fPIC -o " + p->path + " " + base + ".cpp");
    return p->log[0] == '!' ? 6 : 0;
}
API int nvrtcGetProgramLogSize(void* program, size_t* size) { return *size = ((Program*)program)->log.size() + 1, 0; }
API int nvrtcGetProgramLog(void* program, char* log) { return strcpy(log, ((Program*)program)->log.c_str()), 0; }
API int nvrtcGetCUBINSize(void* program, size_t* size) { return *size = ((Program*)program)->path.size() + 2, 0; }
API int nvrtcGetCUBIN(void* program, char* code) {
    auto text = "@" + ((Program*)program)->path + "\n";
    return memcpy(code, text.data(), text.size()), 0;
}
API int nvrtcDestroyProgram(void** program) { return delete (Program*)*program, *program = nullptr, 0; }

// ---- arithmetic

static float bits(unsigned u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}
static unsigned bits(float f) {
    unsigned u;
    memcpy(&u, &f, 4);
    return u;
}
// To the nearest with this many fraction bits, ties to even.
static float rounded(float x, int fraction) {
    if (x != x || x - x != 0) return x;
    unsigned u = bits(x), drop = 23 - fraction;
    return bits((u + ((1u << (drop - 1)) - 1) + (u >> drop & 1)) >> drop << drop);
}
static float bf16(unsigned short half) { return bits((unsigned)half << 16); }
static unsigned short bf16(float x) { return bits(rounded(x, 7)) >> 16; }

// ---- cuBLAS

struct Blas {
    Context* context;
    Stream* stream;
    int math;
    bool workspace;
};

API const char* cublasGetStatusString(int) { return "paper"; }
API int cublasGetProperty(int which, int* value) { return *value = which == 0 ? 12 : which == 1 ? 6 : 0, 0; }
API int cublasCreate_v2(void** handle) {
    ENTER;
    return *handle = new Blas{current, nullptr, 0, false}, 0;
}
API int cublasSetStream_v2(void* handle, void* stream) {
    ENTER;
    auto h = (Blas*)handle;
    h->stream = stream_of(stream);
    h->workspace = false;  // documented: setting the stream resets the workspace
    return h->stream ? 0 : 7;
}
API int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
    ENTER;
    ((Blas*)handle)->workspace = true;
    return inside(blocks, (Address)workspace, bytes) && (Address)workspace % 256 == 0 ? 0 : 7;
}
API int cublasSetMathMode(void* handle, int mode) { return ((Blas*)handle)->math = mode, mode == 0 || mode == 3 ? 0 : 7; }

struct Matrix {
    const void* at;
    long long leading, stride;
    bool transposed, half;
    float get(long long batch, long long row, long long column) const {
        long long i = batch * stride + (transposed ? column + row * leading : row + column * leading);
        return half ? bf16(((const unsigned short*)at)[i]) : ((const float*)at)[i];
    }
};

static int multiply(void* handle, int opA, int opB, int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, float* c,
                    int ldc, long long strideC, int batch, bool mayRound) {
    auto h = (Blas*)handle;
    if (h->context != current || !h->stream || (h->stream->capture && !h->workspace)) return 1;
    if (m < 0 || n < 0 || k < 0 || batch < 0 || opA > 1 || opB > 1) return 7;
    if (a.leading < std::max(1, opA ? k : m) || b.leading < std::max(1, opB ? n : k) || ldc < std::max(1, m)) return 7;
    if (batch > 1 && strideC < (long long)ldc * n) return 7;
    a.transposed = opA == 1, b.transposed = opB == 1;
    int fraction = mayRound && h->math == 3 ? 10 : 23;
    h->stream->start([=] {
        for (long long t = 0; t < batch; t++)
            for (long long j = 0; j < n; j++)
                for (long long i = 0; i < m; i++) {
                    double sum = 0;
                    for (long long l = 0; l < k; l++) {
                        float x = a.get(t, i, l), y = b.get(t, l, j);
                        if (fraction < 23) x = rounded(x, fraction), y = rounded(y, fraction);
                        sum += (double)x * y;
                    }
                    float& to = c[t * strideC + j * ldc + i];
                    to = (float)(alpha * sum + (beta == 0 ? 0 : beta * to));
                }
    });
    return 0;
}
API int cublasSgemm_v2(void* h, int opA, int opB, int m, int n, int k, const float* alpha, const float* a, int lda,
                       const float* b, int ldb, const float* beta, float* c, int ldc) {
    ENTER;
    return multiply(h, opA, opB, m, n, k, *alpha, {a, lda, 0, false, false}, {b, ldb, 0, false, false}, *beta, c, ldc, 0, 1, true);
}
API int cublasSgemmStridedBatched(void* h, int opA, int opB, int m, int n, int k, const float* alpha, const float* a, int lda,
                                  long long sa, const float* b, int ldb, long long sb, const float* beta, float* c, int ldc,
                                  long long sc, int batch) {
    ENTER;
    return multiply(h, opA, opB, m, n, k, *alpha, {a, lda, sa, false, false}, {b, ldb, sb, false, false}, *beta, c, ldc, sc, batch, true);
}
API int cublasGemmStridedBatchedEx(void* h, int opA, int opB, int m, int n, int k, const void* alpha, const void* a, int ta, int lda,
                                   long long sa, const void* b, int tb, int ldb, long long sb, const void* beta, void* c,
                                   int tc, int ldc, long long sc, int batch, int compute, int) {
    ENTER;
    if (ta != 14 || tb != 14 || tc != 0 || compute != 68) return 15;  // bfloat16 in, float32 out, CUBLAS_COMPUTE_32F
    return multiply(h, opA, opB, m, n, k, *(const float*)alpha, {a, lda, sa, false, true}, {b, ldb, sb, false, true},
                    *(const float*)beta, (float*)c, ldc, sc, batch, false);
}

// ---- cuDNN

struct Tensor {
    int format, type, n, c, h, w;
};
struct Convolution {
    int padH, padW, strideH, strideW, dilationH, dilationW, mode, compute, groups, math;
};
struct Dnn {
    Context* context;
    Stream* stream;
};
struct Perf {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math, reserved[3];
};

enum { NOT_SUPPORTED = 3000, BAD_PARAM = 2000, NCHW = 0, NHWC = 1, FLOAT = 0, BFLOAT16 = 9 };
enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, FMA_MATH = 3 };

API size_t cudnnGetVersion() { return 92400; }
API const char* cudnnGetErrorString(int status) { return status == NOT_SUPPORTED ? "CUDNN_STATUS_NOT_SUPPORTED" : "CUDNN_STATUS"; }
API int cudnnCreate(void** handle) {
    ENTER;
    return *handle = new Dnn{current, nullptr}, 0;
}
API int cudnnSetStream(void* handle, void* stream) {
    ENTER;
    ((Dnn*)handle)->stream = stream_of(stream);
    return ((Dnn*)handle)->stream ? 0 : BAD_PARAM;
}
API int cudnnCreateTensorDescriptor(void** d) { return *d = new Tensor(), 0; }
API int cudnnCreateFilterDescriptor(void** d) { return *d = new Tensor(), 0; }
API int cudnnCreateConvolutionDescriptor(void** d) { return *d = new Convolution{0, 0, 1, 1, 1, 1, 0, 0, 1, 0}, 0; }
API int cudnnDestroyTensorDescriptor(void* d) { return delete (Tensor*)d, 0; }
API int cudnnDestroyFilterDescriptor(void* d) { return delete (Tensor*)d, 0; }
API int cudnnDestroyConvolutionDescriptor(void* d) { return delete (Convolution*)d, 0; }
API int cudnnSetTensor4dDescriptor(void* d, int format, int type, int n, int c, int h, int w) {
    *(Tensor*)d = {format, type, n, c, h, w};
    return n < 1 || c < 1 || h < 1 || w < 1 ? BAD_PARAM : 0;
}
API int cudnnSetFilter4dDescriptor(void* d, int type, int format, int k, int c, int h, int w) {
    *(Tensor*)d = {format, type, k, c, h, w};
    return k < 1 || c < 1 || h < 1 || w < 1 ? BAD_PARAM : 0;
}
API int cudnnSetConvolution2dDescriptor(void* d, int ph, int pw, int sh, int sw, int dh, int dw, int mode, int compute) {
    auto c = (Convolution*)d;
    *c = {ph, pw, sh, sw, dh, dw, mode, compute, c->groups, c->math};
    return ph < 0 || pw < 0 || sh < 1 || sw < 1 || dh < 1 || dw < 1 ? BAD_PARAM : 0;
}
API int cudnnSetConvolutionGroupCount(void* d, int groups) { return ((Convolution*)d)->groups = groups, 0; }
API int cudnnSetConvolutionMathType(void* d, int math) { return ((Convolution*)d)->math = math, 0; }

static size_t elements(const Tensor& t) { return (size_t)t.n * t.c * t.h * t.w; }

// An image, or a filter as k, c, r, s: with NHWC the channels are innermost in both.
struct View {
    Tensor t;
    void* at;
    size_t index(int n, int c, int h, int w) const {
        return t.format == NHWC ? (((size_t)n * t.h + h) * t.w + w) * t.c + c : (((size_t)n * t.c + c) * t.h + h) * t.w + w;
    }
    float get(int n, int c, int h, int w) const {
        size_t i = index(n, c, h, w);
        return t.type == BFLOAT16 ? bf16(((unsigned short*)at)[i]) : ((float*)at)[i];
    }
    bool mapped() const { return inside(blocks, (Address)at, elements(t) * (t.type == BFLOAT16 ? 2 : 4)); }
};

enum { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };

static int supported(const Tensor& x, const Tensor& w, const Convolution& c, const Tensor& y) {
    int outH = (x.h + 2 * c.padH - c.dilationH * (w.h - 1) - 1) / c.strideH + 1;
    int outW = (x.w + 2 * c.padW - c.dilationW * (w.w - 1) - 1) / c.strideW + 1;
    if (x.h + 2 * c.padH < c.dilationH * (w.h - 1) + 1 || x.w + 2 * c.padW < c.dilationW * (w.w - 1) + 1) return BAD_PARAM;
    if (y.n != x.n || y.c != w.n || y.h != outH || y.w != outW || x.c != w.c * c.groups || w.n % c.groups) return BAD_PARAM;
    if (x.format != w.format || x.format != y.format || x.type != w.type || x.type != y.type || c.mode != 1 || c.compute != FLOAT)
        return BAD_PARAM;
    // so that what runs where cuDNN has nothing for a shape is tried, too
    if (x.format == NHWC && (c.groups > 1 || (x.type == BFLOAT16 && c.dilationH * c.dilationW > 1))) return NOT_SUPPORTED;
    if (x.format == NCHW && w.h * w.w == 35) return NOT_SUPPORTED;
    return 0;
}

static size_t workspace(int direction, int algorithm, const Tensor& x) { return algorithm == 1 ? 4 * (size_t)x.h * x.w * 9 + direction : 0; }

static void convolve(int direction, View x, View w, Convolution c, View y, float off) {
    int fraction = x.t.type == FLOAT && (c.math == DEFAULT_MATH || c.math == TENSOR_OP_MATH) ? 10 : 23;
    auto exact = [=](float v) { return fraction < 23 ? rounded(v, fraction) : v; };
    auto& result = direction == FORWARD ? y : direction == BACKWARD_DATA ? x : w;
    std::vector<double> sums(elements(result.t));
    int perGroup = w.t.n / c.groups;
    for (int n = 0; n < y.t.n; n++)
        for (int k = 0; k < y.t.c; k++)
            for (int p = 0; p < y.t.h; p++)
                for (int q = 0; q < y.t.w; q++)
                    for (int r = 0; r < w.t.h; r++)
                        for (int s = 0; s < w.t.w; s++) {
                            int h = p * c.strideH - c.padH + r * c.dilationH, v = q * c.strideW - c.padW + s * c.dilationW;
                            if (h < 0 || h >= x.t.h || v < 0 || v >= x.t.w) continue;
                            for (int i = 0; i < w.t.c; i++) {
                                int channel = k / perGroup * w.t.c + i;
                                if (direction == FORWARD)
                                    sums[y.index(n, k, p, q)] += (double)exact(x.get(n, channel, h, v)) * exact(w.get(k, i, r, s));
                                else if (direction == BACKWARD_DATA)
                                    sums[x.index(n, channel, h, v)] += (double)exact(y.get(n, k, p, q)) * exact(w.get(k, i, r, s));
                                else
                                    sums[w.index(k, i, r, s)] += (double)exact(x.get(n, channel, h, v)) * exact(y.get(n, k, p, q));
                            }
                        }
    for (size_t i = 0; i < sums.size(); i++) {
        float value = (float)sums[i] * (1 + off);
        if (result.t.type == BFLOAT16) ((unsigned short*)result.at)[i] = bf16(value);
        else ((float*)result.at)[i] = value;
    }
}

static int convolution(int direction, void* handle, const float* alpha, void* xd, const void* x, void* wd, const void* w, void* cd,
                       int algorithm, void* space, size_t bytes, const float* beta, void* yd, const void* y) {
    ENTER;
    auto h = (Dnn*)handle;
    View vx = {*(Tensor*)xd, (void*)x}, vw = {*(Tensor*)wd, (void*)w}, vy = {*(Tensor*)yd, (void*)y};
    auto c = *(Convolution*)cd;
    if (h->context != current || !h->stream || *alpha != 1 || *beta != 0) return BAD_PARAM;
    if (int status = supported(vx.t, vw.t, c, vy.t)) return status;
    if (!vx.mapped() || !vw.mapped() || !vy.mapped()) return BAD_PARAM;
    size_t needed = workspace(direction, algorithm, vx.t);
    if (bytes < needed || (needed && !inside(blocks, (Address)space, needed))) return BAD_PARAM;
    if (vx.t.type == BFLOAT16 && c.math != TENSOR_OP_MATH) return NOT_SUPPORTED;
    // algorithm 1 is exact in all directions; the rest are off as Winograd is, or, as atomics are, not always the same
    static int order;
    float off = algorithm == 1 ? 0 : algorithm > 1 ? 1e-4f : 1e-4f * (1 + order++ % 3);
    h->stream->start([=] {
        if (needed) memset(space, 0x7f, needed);
        convolve(direction, vx, vw, c, vy, off);
    });
    return 0;
}
API int cudnnConvolutionForward(void* h, const float* alpha, void* xd, const void* x, void* wd, const void* w, void* cd, int algorithm,
                                void* space, size_t bytes, const float* beta, void* yd, void* y) {
    return convolution(FORWARD, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}
API int cudnnConvolutionBackwardData(void* h, const float* alpha, void* wd, const void* w, void* yd, const void* y, void* cd, int algorithm,
                                     void* space, size_t bytes, const float* beta, void* xd, void* x) {
    return convolution(BACKWARD_DATA, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}
API int cudnnConvolutionBackwardFilter(void* h, const float* alpha, void* xd, const void* x, void* yd, const void* y, void* cd,
                                       int algorithm, void* space, size_t bytes, const float* beta, void* wd, void* w) {
    return convolution(BACKWARD_FILTER, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}

static int workspace_size(int direction, void* xd, void* wd, void* cd, void* yd, int algorithm, size_t* bytes) {
    *bytes = workspace(direction, algorithm, *(Tensor*)xd);
    return supported(*(Tensor*)xd, *(Tensor*)wd, *(Convolution*)cd, *(Tensor*)yd);
}
API int cudnnGetConvolutionForwardWorkspaceSize(void*, void* x, void* w, void* c, void* y, int algorithm, size_t* bytes) {
    return workspace_size(FORWARD, x, w, c, y, algorithm, bytes);
}
API int cudnnGetConvolutionBackwardDataWorkspaceSize(void*, void* w, void* y, void* c, void* x, int algorithm, size_t* bytes) {
    return workspace_size(BACKWARD_DATA, x, w, c, y, algorithm, bytes);
}
API int cudnnGetConvolutionBackwardFilterWorkspaceSize(void*, void* x, void* y, void* c, void* w, int algorithm, size_t* bytes) {
    return workspace_size(BACKWARD_FILTER, x, w, c, y, algorithm, bytes);
}

// The fastest is not exact, or not deterministic; the exact one comes with and without TF32 where that is allowed.
static int perfs(int direction, void* handle, void* xd, void* wd, void* cd, void* yd, int most, int* count, Perf* found, bool run) {
    ENTER;
    auto s = ((Dnn*)handle)->stream;
    if (run && s->capture) return s->invalidated = true, 4000;
    int math = ((Convolution*)cd)->math;
    auto x = *(Tensor*)xd;
    int status = supported(x, *(Tensor*)wd, *(Convolution*)cd, *(Tensor*)yd);
    if (status == BAD_PARAM) return status;
    size_t bytes = workspace(direction, 1, x);
    Perf all[] = {{direction == FORWARD ? 6 : direction == BACKWARD_DATA ? 4 : 0, status, run ? 0.1f : -1, 0, direction != BACKWARD_FILTER, math, {}},
                  {1, status, run ? 0.2f : -1, bytes, 1, math, {}},
                  {1, status, run ? 0.3f : -1, bytes, 1, FMA_MATH, {}},
                  {7, NOT_SUPPORTED, -1, 0, 1, 0, {}}};
    *count = std::min(most, 4);
    memcpy(found, all, *count * sizeof(Perf));
    return 0;
}
// A search waits, and leaves anything in the result.
static void overwritten(void* handle, const Tensor& t, void* at) {
    std::lock_guard<std::recursive_mutex> lock(everything);
    auto s = ((Dnn*)handle)->stream;
    if (s->capture) return;
    s->runUntil(s->started());
    memset(at, 0x7f, (t.type == FLOAT ? 4 : 2) * elements(t));
}
API int cudnnFindConvolutionForwardAlgorithmEx(void* h, void* xd, const void*, void* wd, const void*, void* cd, void* yd, void* y, int most,
                                               int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)yd, y);
    return perfs(FORWARD, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnFindConvolutionBackwardDataAlgorithmEx(void* h, void* wd, const void*, void* yd, const void*, void* cd, void* xd, void* x, int most,
                                                    int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)xd, x);
    return perfs(BACKWARD_DATA, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnFindConvolutionBackwardFilterAlgorithmEx(void* h, void* xd, const void*, void* yd, const void*, void* cd, void* wd, void* w,
                                                      int most, int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)wd, w);
    return perfs(BACKWARD_FILTER, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnGetConvolutionForwardAlgorithm_v7(void* h, void* xd, void* wd, void* cd, void* yd, int most, int* count, Perf* found) {
    return perfs(FORWARD, h, xd, wd, cd, yd, most, count, found, false);
}
API int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* h, void* wd, void* yd, void* cd, void* xd, int most, int* count, Perf* found) {
    return perfs(BACKWARD_DATA, h, xd, wd, cd, yd, most, count, found, false);
}
API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* h, void* xd, void* yd, void* cd, void* wd, int most, int* count, Perf* found) {
    return perfs(BACKWARD_FILTER, h, xd, wd, cd, yd, most, count, found, false);
}
