// assay: the command line program over the same core as the page.
#include "shell/cli/arguments.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"

int main(int argc, char** argv) {
  using namespace assay::cli;
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto parsed = parse_arguments(words);
  if (!parsed.ok()) {
    print_error(parsed.error().what);
    return kExitUsage;
  }
  const Arguments& arguments = parsed.value();
  if (arguments.command == "help") {
    print(help_text());
    return kExitDone;
  }
  if (arguments.command == "version") {
    print("assay 0.1\n");
    return kExitDone;
  }
  if (arguments.command == "info") return run_info(arguments);
  if (arguments.command == "search") return run_search(arguments);
  return run_convert(arguments);
}
