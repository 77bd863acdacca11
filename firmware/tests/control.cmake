# What runs at control rate: the normal equations, the detectors, and the device that uses them.
foreach(test control device_algorithm device_adversarial howling wind)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
