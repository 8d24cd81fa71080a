// Problems by key path: names the line, or the variable, that the path's value came from. Private
// to the loader; borrows everything.
#pragma once

#include <string>
#include <string_view>

#include "config/document.hpp"
#include "config/origin.hpp"
#include "config/problem.hpp"

namespace gomodel::config {

class Report {
public:
    Report(const Document& document, const Origins& origins, Problems& problems)
        : document_(document), origins_(origins), problems_(problems) {}

    void warn(std::string_view path, std::string message) {
        add(Severity::kWarning, path, std::move(message));
    }
    void error(std::string_view path, std::string message) {
        add(Severity::kError, path, std::move(message));
    }
    void add(Severity severity, std::string_view path, std::string message);

    const Document& document() const { return document_; }
    Problems& problems() { return problems_; }

private:
    const Document& document_;
    const Origins& origins_;
    Problems& problems_;
};

}  // namespace gomodel::config
