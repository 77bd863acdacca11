# Identification of the paths, in the core and through the device.
foreach(test identify online device_identify)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()

# A tool: identify_run for dsp-reference/src/identification's differential test.
add_executable(identify_run identify_run.c)
target_link_libraries(identify_run PRIVATE anc_core)
