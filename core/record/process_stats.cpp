#include "record/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "record/single_metric.hpp"

namespace gomodel::record {
namespace {

// Fields of /proc/self/stat (proc(5)), numbered as there; read after the name, which may hold
// spaces.
struct Stat {
    double start_ticks = 0;     // 22
    double virtual_bytes = 0;   // 23
    double resident_pages = 0;  // 24
    double threads = 0;         // 20
};

Stat read_stat() {
    std::ifstream in("/proc/self/stat");
    std::string line;
    std::getline(in, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream fields(line.substr(name_end + 1));
    Stat stat;
    std::string field;
    for (int number = 3; fields >> field; ++number) {
        const double value = std::strtod(field.c_str(), nullptr);
        if (number == 20) stat.threads = value;
        if (number == 22) stat.start_ticks = value;
        if (number == 23) stat.virtual_bytes = value;
        if (number == 24) stat.resident_pages = value;
    }
    return stat;
}

double boot_time() {
    std::ifstream in("/proc/stat");
    for (std::string word; in >> word;) {
        double value = 0;
        if (word == "btime" && in >> value) return value;
    }
    return 0;
}

double open_descriptors() {
    std::error_code failure;
    double count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failure)) {
        (void)entry;
        ++count;
    }
    return count;
}

}  // namespace

std::vector<prometheus::MetricFamily> process_stats() {
    using prometheus::MetricType;
    const Stat stat = read_stat();
    const auto tick = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto cpu = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    return {
        single_metric("process_cpu_seconds_total", "User and system CPU time", MetricType::Counter,
                      cpu(usage.ru_utime) + cpu(usage.ru_stime)),
        single_metric("process_resident_memory_bytes", "Resident memory", MetricType::Gauge,
                      stat.resident_pages * page),
        single_metric("process_virtual_memory_bytes", "Virtual memory", MetricType::Gauge,
                      stat.virtual_bytes),
        single_metric("process_open_fds", "Open file descriptors", MetricType::Gauge,
                      open_descriptors()),
        single_metric("process_max_fds", "Limit of open file descriptors", MetricType::Gauge,
                      static_cast<double>(files.rlim_cur)),
        single_metric("process_threads", "Threads", MetricType::Gauge, stat.threads),
        single_metric("process_start_time_seconds", "Start of the process, Unix time",
                      MetricType::Gauge, boot_time() + stat.start_ticks / tick),
    };
}

}  // namespace gomodel::record
