// NVRTC is g++: a program becomes a library of functions run_NAME, from host.h, and save_NAME, which copies a launch's
// parameters; its machine code is that library's path.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "paper.h"

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
    p->log = said("g++ -std=c++17 -O1 -w -ffp-contract=fast -mfma -shared -fPIC -o " + p->path + " " + base + ".cpp");
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
