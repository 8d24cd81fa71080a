// Passes.
#include "../good_guardrail.hpp"

GM_MODULE("good 1.0.0", GoodGuardrail);
