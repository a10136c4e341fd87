// Icon constants kIconXxx (UTF-8 strings of one private-use character), made by tools/lib/fonts.py
// from tools/lib/icons.txt. Add a name there to get a new one.
#pragma once

#include "icons.gen.h"
