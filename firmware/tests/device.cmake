# The device behind its link, with a port in memory.
foreach(test device_parameters device_link device_update)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
