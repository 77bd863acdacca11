# The audio core and the supervisor. engine_run is a tool for dsp-reference/src/model's differential tests.
add_executable(engine_run engine_run.c)
target_link_libraries(engine_run PRIVATE anc_core)

add_executable(engine_bench engine_bench.c)
target_link_libraries(engine_bench PRIVATE anc_core)
