const char *machine_name(void) { return "a library's answer"; }
