#include "app/application.hpp"

int main(int argc, char** argv) {
    gomodel::app::Application application;
    return application.run(argc, argv);
}
