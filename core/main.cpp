#include "app/application.hpp"

int main(int argc, char** argv) {
    gomodel::app::Application application;
    application.init(argc, argv);
    return application.run();
}
