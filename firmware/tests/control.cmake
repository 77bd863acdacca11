# The control-rate half of the normal equations, and the device that chooses between the algorithms.
foreach(test control device_algorithm)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
