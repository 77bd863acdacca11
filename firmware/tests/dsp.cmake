# The audio core and the supervisor.
foreach(test dsp_fixed dsp_kernels dsp_engine dsp_engine_learning dsp_engine_forms dsp_supervisor
             dsp_float dsp_line_enhancer dsp_impulse dsp_notch)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()

if(ANC_FIXED_CHECK)
    anc_test(dsp_fixed_fatal dsp_fixed_fatal.c)
    set_tests_properties(dsp_fixed_fatal PROPERTIES PASS_REGULAR_EXPRESSION
        "dsp_fixed_fatal.c:9: add32 out of range: 2147483647, 1")
endif()

# Tools: nlms_run, engine_run and controller_run for dsp-reference's differential tests, engine_bench for the speed.
foreach(tool engine_run engine_bench nlms_run controller_run)
    add_executable(${tool} ${tool}.c)
    target_link_libraries(${tool} PRIVATE anc_core)
    target_include_directories(${tool} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
