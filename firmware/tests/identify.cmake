# Identification of the paths, in the core and through the device.
foreach(test identify)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
